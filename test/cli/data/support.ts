import { readFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { registerData } from "../../../cli/data";
import { reportFailure } from "../../../cli/failure";
import type { Json } from "../../../constructs/core/json";
import { type Changes, misconfigured } from "../../helpers/mistakes";
import { fakeSession, type Outcome } from "../support/session";

/** When the tests take place. */
export const NOW = Date.parse("2026-11-21T12:00:00Z");
export const YESTERDAY = "2026-11-20T10:00:00Z";

const PLATFORM = "platform.yaml";
const STORE = { type: "s3", endpoint: "https://s3.example", region: "eu-central-1" };

/** The folder of a configuration whose environments are backed up; changes as `misconfigured` takes them. */
export function backedUp(changes: Changes = {}): string {
  return misconfigured({ ...changes, [PLATFORM]: { ...object(changes[PLATFORM]), backups: STORE } });
}

function object(change: Changes[string] | undefined): Readonly<Record<string, Json>> {
  return typeof change === "object" && change !== null ? change : {};
}

/** Runs `strata data` in this process. */
export async function data(args: readonly string[], folder: string): Promise<Outcome> {
  const { session, lines } = fakeSession({ cwd: path.dirname(folder) });
  const program = new Command("strata").exitOverride().configureOutput({
    writeOut: (text) => session.terminal.out(text.trimEnd()),
    writeErr: (text) => session.terminal.err(text.trimEnd()),
  });
  registerData(program, session);
  let code: number;
  try {
    await program.parseAsync(["data", ...args, "--config", folder], { from: "user" });
    code = session.exitCode;
  } catch (error) {
    code = reportFailure(error, session, args.includes("--json"));
  }
  return { code, out: lines.out.join("\n"), err: lines.err.join("\n"), questions: lines.questions };
}

/** The text of an environment's document. */
export function documentOf(folder: string, environment = "staging"): string {
  return readFileSync(path.join(folder, "environments", `${environment}.yaml`), "utf8");
}
