import type { Command } from "commander";
import { vaultNames } from "../../constructs/core/names";
import type { SecretRight } from "../../constructs/core/vault-policy";
import { collect, positiveInteger } from "../options";
import type { Session } from "../session";
import { addLoginOptions, LOGIN_HELP } from "../vault/login-options";
import type { BootstrapOptions } from "./bootstrap";
import type { PurgeOptions } from "./purge";
import type { RolloutOptions } from "./rollout";
import type { RotateOptions } from "./rotate";
import type { StatusOptions } from "./status";
import type { SyncOptions } from "./sync-command";
import { vaultPolicy } from "./vault-policy";

const DIRECTORY = ["--dir <folder>", "folder of the synthesized program", "cdktf.out"] as const;
const ENVIRONMENT = ["--environment <name>", "only the paths of one environment"] as const;
const SUPPLY = [
  "--supply <path:key=source>",
  "a value of a person: @FILE or env:VARIABLE; may be repeated",
  collect,
  [],
] as const;

const PART_HELP = "With --environment, below <environment>/ only.";

const TIMEOUT = ["--timeout <seconds>", "time that each step of a rollout may take", positiveInteger, 600] as const;
const ROLLOUT_HELP = `
It reaches the clusters with the client certificates of their l1-cluster stacks, so as their administrator, and needs
to read their outputs. It reads and prints no value. What it restarts are Deployments, StatefulSets and DaemonSets, as
kubectl rollout restart does, and the pods of ClickHouse, one after the other; PostgreSQL takes a new password without.
Stores come first, and applications when those have settled. It changes nothing that Terraform knows of.`;

/** `strata secrets`: gives the declared secrets their values, outside of Terraform. */
export function registerSecrets(program: Command, session: Session): void {
  const secrets = program.command("secrets").description("Gives the declared secrets their values, outside Terraform.");
  registerSync(secrets, session);
  registerBootstrap(secrets, session);
  registerStatus(secrets, session);
  registerRotate(secrets, session);
  registerRollout(secrets, session);
  registerPurge(secrets, session);
}

function registerSync(secrets: Command, session: Session): void {
  const sync = secrets
    .command("sync")
    .description("Creates what is missing in Vault; never overwrites and never deletes.")
    .option(...DIRECTORY)
    .option(...ENVIRONMENT)
    .option("--dry-run", "show what would be created")
    .option(...SUPPLY)
    .option("--from-env", "read what a person supplies from STRATA_SECRET_<PATH>_<KEY> too")
    .option("--json", "print the result as JSON (names of keys, no values)");
  addLoginOptions(sync)
    .addHelpText(
      "after",
      `${accessHelp(["read", "write"])}
${PART_HELP}

Exit codes: 0 done, 1 a problem or a required key without a value (all others are written),
2 a dry run that would write.`,
    )
    .action(async (options: SyncOptions) => {
      const { secretsSync } = await import("./sync-command");
      session.exitCode = await secretsSync(session, options);
    });
}

function registerBootstrap(secrets: Command, session: Session): void {
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

function registerStatus(secrets: Command, session: Session): void {
  const status = secrets
    .command("status")
    .description("Shows what is declared, what is there and who reads it; reads no value.")
    .option(...DIRECTORY)
    .option(...ENVIRONMENT)
    .option("--json", "print it as JSON");
  addLoginOptions(status)
    .addHelpText(
      "after",
      `${accessHelp(["look", "list"])}
${PART_HELP}

Exit codes: 0 all is there, 2 something that is needed is missing, 1 a problem.`,
    )
    .action(async (options: StatusOptions) => {
      const { secretsStatus } = await import("./status");
      session.exitCode = await secretsStatus(session, options);
    });
}

function registerRotate(secrets: Command, session: Session): void {
  const rotate = secrets
    .command("rotate")
    .description("Gives one key, or all of a path that can change, another value, and brings it to what uses it.")
    .argument("<path>", "path below the mount, as in staging/openpanel")
    .argument("[key]", "the only key to rotate")
    .option(...DIRECTORY)
    .option("--dry-run", "show what would be rotated, refreshed and restarted")
    .option("--no-rollout", "change Vault only")
    .option(...TIMEOUT)
    .option(...SUPPLY)
    .option("--json", "print the result as JSON (names of keys, no values)");
  addLoginOptions(rotate)
    .addHelpText(
      "after",
      `${accessHelp(["read", "write"])}
Keys that follow from a rotated one are made anew with it, and those that are an output of a stack are copied from its
state again; all others stay as they are.
${ROLLOUT_HELP}
One that was ended after its write is finished by strata secrets rollout <path>.

Exit codes: 0 done, 2 a dry run that would write, 1 a problem (the new version in Vault is told).`,
    )
    .action(async (path: string, key: string | undefined, options: RotateOptions) => {
      const { secretsRotate } = await import("./rotate");
      session.exitCode = await secretsRotate(session, { path, key }, options);
    });
}

function registerRollout(secrets: Command, session: Session): void {
  secrets
    .command("rollout")
    .description("Brings what Vault holds at a path to everything that uses it, and changes no value.")
    .argument("<path>", "path below the mount, as in staging/openpanel")
    .option(...DIRECTORY)
    .option("--dry-run", "show what would be refreshed and restarted")
    .option(...TIMEOUT)
    .option("--json", "print the result as JSON (names, no values)")
    .addHelpText(
      "after",
      `${ROLLOUT_HELP}
Pods that were made after their secret changed are left alone, so it can be ended at any point and run again. It needs
no token of Vault.

Exit codes: 0 everything has the new values, 2 a dry run that would do something, 1 a problem.`,
    )
    .action(async (path: string, options: RolloutOptions) => {
      const { secretsRollout } = await import("./rollout");
      session.exitCode = await secretsRollout(session, path, options);
    });
}

function registerPurge(secrets: Command, session: Session): void {
  const purge = secrets
    .command("purge")
    .description("Deletes every secret of an environment that was destroyed, with all versions.")
    .argument("<environment>", "name of the environment")
    .option(...DIRECTORY)
    .option("--yes <environment>", "its name once more: no question")
    .option("--dry-run", "show what would be deleted")
    .option("--json", "print the result as JSON");
  addLoginOptions(purge)
    .addHelpText(
      "after",
      `${accessHelp(["list", "delete"], "<environment>/")}
It refuses an environment whose l3 and l4 stacks hold anything: their states are read.

Exit codes: 0 nothing is left, 2 a dry run that would delete, 1 a problem.`,
    )
    .action(async (environment: string, options: PurgeOptions) => {
      const { secretsPurge } = await import("./purge");
      session.exitCode = await secretsPurge(session, environment, options);
    });
}

function accessHelp(rights: readonly SecretRight[], folder?: string): string {
  const policy = vaultPolicy(vaultNames.mount, rights, folder).replaceAll(/^(?=.)/gm, "  ");
  return `
Environment: VAULT_ADDR, VAULT_TOKEN, VAULT_CACERT; see also strata vault --help.
${LOGIN_HELP}

What the token must be allowed to do:
${policy}`;
}
