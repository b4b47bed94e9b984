import type { Command } from "commander";
import { collect } from "../options";
import type { Session } from "../session";
import type { BootstrapOptions } from "./bootstrap";
import type { SyncOptions } from "./sync-command";

const DIRECTORY = ["--dir <folder>", "folder of the synthesized program", "cdktf.out"] as const;

/** `strata secrets`: gives the declared secrets their values, outside of Terraform. */
export function registerSecrets(program: Command, session: Session): void {
  const secrets = program.command("secrets").description("Gives the declared secrets their values, outside Terraform.");
  secrets
    .command("sync")
    .description("Creates what is missing in Vault; never overwrites and never deletes.")
    .option(...DIRECTORY)
    .option("--dry-run", "show what would be created")
    .option("--supply <path:key=source>", "a value of a person: @FILE or env:VARIABLE; may be repeated", collect, [])
    .option("--from-env", "read what a person supplies from STRATA_SECRET_<PATH>_<KEY> too")
    .option("--json", "print the result as JSON (names of keys, no values)")
    .addHelpText(
      "after",
      `
Environment: VAULT_ADDR, VAULT_TOKEN (or ~/.vault-token), VAULT_CACERT; see also strata vault --help.

Exit codes: 0 done, 1 a problem or a required key without a value (all others are written),
2 a dry run that would write.`,
    )
    .action(async (options: SyncOptions) => {
      const { secretsSync } = await import("./sync-command");
      session.exitCode = await secretsSync(session, options);
    });
  secrets
    .command("bootstrap")
    .description("Writes the few secrets that are needed before Vault straight into Kubernetes.")
    .option(...DIRECTORY)
    .option("--cluster <name>", "only those of one cluster")
    .option("--replace", "replace the declared keys of secrets that are there, to rotate them")
    .option("--dry-run", "show what would be written")
    .option("--json", "print the result as JSON (names, no values)")
    .addHelpText(
      "after",
      `
Values come from the variables that the declarations name, or from a question. The cluster is reached with the
outputs of its l1-cluster stack; its namespaces belong to l2-base, which is deployed first.

Exit codes: 0 done, 1 a problem or a missing value, 2 a dry run that would write.`,
    )
    .action(async (options: BootstrapOptions) => {
      const { secretsBootstrap } = await import("./bootstrap");
      session.exitCode = await secretsBootstrap(session, options);
    });
}
