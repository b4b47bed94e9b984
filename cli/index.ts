import { reportFailure } from "./failure";
import { createProgram } from "./program";
import { DEFAULT_RETRY } from "./retry";
import type { Session } from "./session";
import { processTerminal } from "./terminal";

/** The strata command: arguments in, exit code out. */
export async function main(args: readonly string[], root: string): Promise<number> {
  // Libraries below node-vault print whole requests, with token and values, when it is set.
  delete process.env.DEBUG;
  return run(args, {
    env: process.env,
    cwd: process.cwd(),
    root,
    terminal: processTerminal(),
    retry: DEFAULT_RETRY,
    exitCode: 0,
  });
}

/** The same with a session of the caller's. */
export async function run(args: readonly string[], session: Session): Promise<number> {
  try {
    await createProgram(session).parseAsync([...args], { from: "user" });
    return session.exitCode;
  } catch (error) {
    return reportFailure(error, session, args.includes("--json"));
  }
}
