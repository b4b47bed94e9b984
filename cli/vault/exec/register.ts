import type { Command } from "commander";
import type { Session } from "../../session";
import { addLoginOptions, type LoginOptions } from "../login-options";

/** `strata vault exec`, for what takes a token from VAULT_TOKEN. */
export function registerExec(vault: Command, session: Session): void {
  addLoginOptions(
    vault
      .command("exec")
      .description("Runs a command with a token of Vault that ends with it, as Terraform needs one.")
      .argument("<command...>", "after --, as in: -- cdktf deploy '*'"),
  )
    .addHelpText(
      "after",
      `
Roles: operator at --login-mount sso for people who operate the platform; deployer at sso, at jwt-<name> or, as
deployer-<name>, at kubernetes-<cluster> for machines.

The command finds the token in VAULT_TOKEN; it is revoked when the command has ended, also after an interrupt.
Exit code: the command's own.`,
    )
    .action(async (command: readonly string[], options: LoginOptions) => {
      const { vaultExec } = await import("./index");
      session.exitCode = await vaultExec(session, command, options);
    });
}
