import { setTimeout as sleep } from "node:timers/promises";

/** How often something is looked at before it counts, and how long to wait before the next time, longer each time. */
const LOOKS = 3;
const PAUSE_MS = 1000;

/**
 * What is found every time: a connection may break, and time may be short, on a machine that does other things as well, so
 * once is no proof.
 */
export function confirmed(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  return again(look, (found) => found.length === 0);
}

/** Does something until it comes out as it should, a few times at most; what came of it in the end. */
export async function again<T>(work: () => Promise<T>, isExpected: (found: T) => boolean): Promise<T> {
  for (let look = 1; ; look++) {
    const found = await work();
    if (isExpected(found) || look === LOOKS) return found;
    await sleep(look * PAUSE_MS);
  }
}
