import { setTimeout as sleep } from "node:timers/promises";

/** Waits for a condition; fails when it does not come true in time. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`It did not come true within ${withinMs / 1000} s.`);
    await sleep(100);
  }
}
