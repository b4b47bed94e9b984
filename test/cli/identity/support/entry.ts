import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import { reportFailure } from "../../../../cli/failure";
import { registerIdentity } from "../../../../cli/identity";
import { DEFAULT_RETRY } from "../../../../cli/retry";
import type { Session } from "../../../../cli/session";
import { processTerminal } from "../../../../cli/terminal";

/** The command as a process of its own, which can be killed. */
async function main(words: readonly string[]): Promise<void> {
  // As the command itself does: libraries below node-vault print whole requests when it is set.
  delete process.env.DEBUG;
  const session: Session = {
    env: process.env,
    cwd: process.cwd(),
    root: process.cwd(),
    terminal: processTerminal(),
    // Who waits for other writers waits a tenth of the usual time.
    retry: { ...DEFAULT_RETRY, sleep: (milliseconds) => pause(milliseconds / 10) },
    exitCode: 0,
  };
  const program = new Command("strata").exitOverride();
  registerIdentity(program, session);
  try {
    await program.parseAsync([...words], { from: "user" });
    process.exitCode = session.exitCode;
  } catch (error) {
    process.exitCode = reportFailure(error, session, false);
  }
}

void main(process.argv.slice(2));
