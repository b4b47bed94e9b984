import type { Command } from "commander";
import { positiveInteger } from "../options";
import type { Session } from "../session";
import { registerExec } from "./exec/register";
import type { InitOptions } from "./init";
import { addLoginOptions, LOGIN_HELP } from "./login-options";
import type { RestoreOptions } from "./raft/restore";
import type { SnapshotOptions } from "./raft/snapshot";

const ENVIRONMENT = `
Environment:
  VAULT_ADDR             URL of Vault
  VAULT_CACERT           file of the CA that signed its certificate
  VAULT_TLS_SERVER_NAME  name on its certificate, behind a port-forward
  VAULT_NAMESPACE, VAULT_CLIENT_TIMEOUT`;

/** `strata vault`: opening the Vault of the platform, saving it and bringing it back. */
export function registerVault(program: Command, session: Session): void {
  const vault = program.command("vault").description("Opens the Vault of the platform, saves it and brings it back.");
  vault
    .command("init")
    .description("Makes the unseal keys and the root token of a new Vault and hands them over once.")
    .option("--shares <n>", "number of keys (default: one for each keeper who is named, or else 5)", positiveInteger)
    .option("--threshold <n>", "number of keys that open it (default: 3, or all when there are fewer)", positiveInteger)
    .option("--out <file>", "write the keys to a new file that only you can read")
    .option(
      "--age-recipients <list>",
      "encrypt each key for its keeper: public keys of age (age1...), or files with one",
    )
    .option("--root-token-age-recipient <key>", "who gets the root token (default: the first recipient)")
    .option("--pgp-keys <files>", "encrypt each key for its keeper: files of PGP public keys")
    .option("--root-token-pgp-key <file>", "who gets the root token (default: the first key)")
    .option("--json", "print the keys as JSON")
    .addHelpText(
      "after",
      `${ENVIRONMENT}

Lists are separated by commas, in the order of the keys. It refuses a Vault that is initialised, and a place where others
can read keys that are not encrypted.`,
    )
    .action(async (options: InitOptions) => {
      const { vaultInit } = await import("./init");
      session.exitCode = await vaultInit(session, options);
    });
  vault
    .command("unseal")
    .description("Gives Vault its keys: asks for them, or reads them from stdin, one on each line.")
    .addHelpText(
      "after",
      `${ENVIRONMENT}\n\nEach replica is opened by itself: point VAULT_ADDR at one after the other.`,
    )
    .action(async () => {
      const { vaultUnseal } = await import("./unseal");
      session.exitCode = await vaultUnseal(session);
    });
  vault
    .command("status")
    .description("Tells whether Vault is initialised and open, and which part this server has.")
    .option("--json", "print it as JSON")
    .addHelpText("after", `${ENVIRONMENT}\n\nExit codes: 0 unsealed, 2 sealed or not initialised, 1 a problem.`)
    .action(async (options: { readonly json?: boolean }) => {
      const { vaultStatus } = await import("./status");
      session.exitCode = await vaultStatus(session, options);
    });
  addLoginOptions(
    vault
      .command("snapshot")
      .description("Writes all that Vault stores, encrypted as it stores it, into a new file.")
      .option("--out <file>", "the file (default: vault-<time>.snap)")
      .option("--json", "print the result as JSON"),
  )
    .addHelpText("after", `${ENVIRONMENT}\n${LOGIN_HELP}\n\nPrints the SHA-256 of the file. It never replaces a file.`)
    .action(async (options: SnapshotOptions) => {
      const { vaultSnapshot } = await import("./raft/snapshot");
      session.exitCode = await vaultSnapshot(session, options);
    });
  addLoginOptions(
    vault
      .command("restore")
      .description("Replaces all that Vault stores with a snapshot.")
      .argument("<file>", "the snapshot")
      .option("--force", "the snapshot was made with other unseal keys than this Vault has")
      .option("--yes <cluster>", "name of the Vault cluster, as `strata vault status` shows it: no question")
      .option("--json", "print the result as JSON"),
  )
    .addHelpText("after", `${ENVIRONMENT}\n${LOGIN_HELP}\n\nAfterwards Vault opens with the keys of the snapshot.`)
    .action(async (file: string, options: RestoreOptions) => {
      const { vaultRestore } = await import("./raft/restore");
      session.exitCode = await vaultRestore(session, file, options);
    });
  registerExec(vault, session);
}
