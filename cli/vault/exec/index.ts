import { spawn } from "node:child_process";
import { constants } from "node:os";
import path from "node:path";
import { StrataError } from "../../../constructs/core/errors";
import { errorField } from "../../error-field";
import type { Session } from "../../session";
import { withVault } from "../login";
import type { LoginOptions } from "../login-options";

/**
 * `strata vault exec`: runs a command with the token of a login in VAULT_TOKEN, and revokes the token when the command
 * has ended. So Terraform needs no token that anybody keeps.
 *
 * @returns the command's own exit code; 128 and the signal's number when it was killed
 */
export function vaultExec(session: Session, command: readonly string[], options: LoginOptions): Promise<number> {
  if (options.login === undefined) {
    throw StrataError.of({
      where: "--login",
      problem: "nothing says how to log in",
      fix: "Add --login jwt or --login kubernetes. With a token that is there already the command needs no help.",
    });
  }
  return withVault(session, options, ({ token }) => {
    const { [variableOf(options) ?? ""]: _, ...env } = session.env;
    return run(command, session.cwd, { ...env, VAULT_TOKEN: token.reveal() });
  });
}

/** The variable that the identity token came from: the command has no use for it. */
function variableOf({ loginJwt }: LoginOptions): string | undefined {
  return loginJwt?.startsWith("env:") ? loginJwt.slice("env:".length) : undefined;
}

/** Signals on which this process waits for the command, so that the token is revoked still. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function run([name = "", ...args]: readonly string[], cwd: string, env: Session["env"]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, { cwd, env: { ...env }, stdio: "inherit" });
    // A terminal sends its interrupt to both; what was sent to this process alone is handed on.
    const handOn = (signal: NodeJS.Signals): void => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of SIGNALS) process.on(signal, handOn);
    const release = (): void => {
      for (const signal of SIGNALS) process.off(signal, handOn);
    };
    child.on("error", (error) => {
      release();
      const code = errorField(error, "code");
      const problem = code === "ENOENT" ? "no such command" : `cannot be run (${code})`;
      reject(StrataError.of({ where: path.basename(name), problem, fix: "Write the command after --." }));
    });
    child.on("close", (code, signal) => {
      release();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
