import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../run/failure";

/** Below the ports that systems hand out by themselves: one of those could be gone when a cluster comes back for it. */
const FIRST = 20_000;
const COUNT = 10_000;
/** A server that ended a moment ago may still be there. */
const RELEASED_WITHIN_MS = 2000;

/** The ports of this machine that our clusters have or are about to have. */
export class Ports {
  private readonly kept = new Set<number>();

  /** Keeps a port for a cluster that has it already. */
  keep(port: number): void {
    this.kept.add(port);
  }

  release(port: number): void {
    this.kept.delete(port);
  }

  /** Picks a port that nobody listens on and keeps it: any, because other sandboxes may be picking as well. */
  async pick(): Promise<number> {
    const start = randomInt(COUNT);
    for (let offset = 0; offset < COUNT; offset++) {
      const port = FIRST + ((start + offset) % COUNT);
      if (this.kept.has(port)) continue;
      // Kept before it is tried: another cluster may be picking at the same time.
      this.kept.add(port);
      if (await isFree(port)) return port;
      this.kept.delete(port);
    }
    throw new Failure(`No port from ${FIRST} to ${FIRST + COUNT - 1} is free. End what listens there and run again.`);
  }
}

/**
 * Waits until a port is free.
 *
 * @param owner who needs it, as in `API server of cluster platform`
 * @throws Failure when another program keeps it, with what to do
 */
export async function awaitPort(port: number, owner: string, withinMs = RELEASED_WITHIN_MS): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isFree(port))) {
    if (Date.now() > deadline) {
      throw new Failure(`Port ${port} of 127.0.0.1 is in use by another program, and the ${owner} needs it.
States name this port, so it cannot be another one. End that program and run again; this shows it: ss -ltnp sport = :${port}`);
    }
    await sleep(100);
  }
}

/** Whether a server could listen on a port of this machine. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
