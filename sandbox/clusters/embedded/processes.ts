import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../run/failure";

/** Servers of a sandbox that was killed end within this time by themselves. */
const ENDED_WITHIN_MS = 10_000;
const POLL_MS = 100;

/**
 * Waits until no server of an earlier run works in the folder of a cluster any more: it would take away the sockets and
 * write over the data of those that come.
 *
 * @throws Failure when one goes on, with what to do
 */
export async function awaitAbandoned(folder: string): Promise<void> {
  const deadline = Date.now() + ENDED_WITHIN_MS;
  for (;;) {
    const [first] = workingIn(folder);
    if (first === undefined) return;
    if (Date.now() > deadline) {
      throw new Failure(`A server of an earlier run still works in ${folder}: ${first.slice(0, 120)}
End that process (its id comes first) and run again.`);
    }
    await sleep(POLL_MS);
  }
}

/** The processes that have a folder in their options, as all servers of a cluster do; who only looks at a log has not. */
function workingIn(folder: string): string[] {
  return list("-A", "-o", "pid=,args=").filter((line) => line.includes(`=${folder}/`));
}

/** Memory that processes hold, in megabytes; what several of them share counts for each. */
export function residentMb(pids: readonly number[]): number {
  if (pids.length === 0) return 0;
  const kilobytes = list("-o", "rss=", "-p", pids.join(",")).reduce((sum, line) => sum + (Number(line) || 0), 0);
  return Math.round(kilobytes / 1024);
}

function list(...args: readonly string[]): string[] {
  try {
    return execFileSync("ps", ["-ww", ...args], { encoding: "utf8", maxBuffer: 2 ** 26 })
      .split("\n")
      .map((line) => line.trim());
  } catch {
    // Where a process is gone meanwhile it answers nothing.
    return [];
  }
}
