import type { Command } from "commander";
import { vaultNames } from "../../constructs/core/names";
import { vaultPolicy } from "../secrets/vault-policy";
import type { Session } from "../session";
import { addLoginOptions, LOGIN_HELP } from "../vault/login-options";
import type { IdentityStatusOptions } from "./status-command";
import type { IdentitySyncOptions } from "./sync-command";

const DIRECTORY = ["--dir <folder>", "folder of the synthesized program", "cdktf.out"] as const;
const ENVIRONMENT = [
  "--environment <name>",
  "only what one environment declares: clients, groups, and its redirect URIs of others' clients",
] as const;
const URL_OPTION = [
  "--url <url>",
  "where the provider is reached, as in http://127.0.0.1:8000 (default: its URL)",
] as const;

/** `strata identity`: the identity provider holds the clients that gates and applications declare. */
export function registerIdentity(program: Command, session: Session): void {
  const identity = program
    .command("identity")
    .description("Keeps the identity provider's clients as gates and applications declare them.");
  registerSync(identity, session);
  registerStatus(identity, session);
}

function registerSync(identity: Command, session: Session): void {
  const sync = identity
    .command("sync")
    .description("Makes missing clients and groups, and sets the fields that are declared; deletes no object.")
    .option(...DIRECTORY)
    .option(...ENVIRONMENT)
    .option(...URL_OPTION)
    .option("--dry-run", "show what would be made and set")
    .option("--json", "print the result as JSON (names of fields, no values)");
  addLoginOptions(sync)
    .addHelpText(
      "after",
      `
It keeps fields and objects that it does not know, and refuses an object that it has not made. Killed at any moment and
run again, it ends in the same place.

A client that several share, such as a gate's, gets exactly the declared redirect URIs from a build of everything, and those
that nobody declares any more go. A build of a part, or --environment, adds its own and takes none away.
${HELP}
Exit codes: 0 done, 1 a problem (everything else is done), 2 a dry run that would write.`,
    )
    .action(async (options: IdentitySyncOptions) => {
      const { identitySync } = await import("./sync-command");
      session.exitCode = await identitySync(session, options);
    });
}

function registerStatus(identity: Command, session: Session): void {
  const status = identity
    .command("status")
    .description("Compares what is declared with what the provider holds; changes nothing.")
    .option(...DIRECTORY)
    .option(...ENVIRONMENT)
    .option(...URL_OPTION)
    .option("--json", "print it as JSON (names of fields, no values)");
  addLoginOptions(status)
    .addHelpText(
      "after",
      `${HELP}
Exit codes: 0 all is right, 2 something is missing or different, 1 a problem.`,
    )
    .action(async (options: IdentityStatusOptions) => {
      const { identityStatus } = await import("./status-command");
      session.exitCode = await identityStatus(session, options);
    });
}

const HELP = `
Secrets of clients are read from Vault, sent to the provider, and printed nowhere.

Environment: VAULT_ADDR, VAULT_TOKEN, VAULT_CACERT (see also strata vault --help); STRATA_IDENTITY_CACERT (file of the CA of
the provider's certificate), STRATA_IDENTITY_TIMEOUT (seconds, 30 by default). The provider is reached without a proxy.
${LOGIN_HELP}

What the token must be allowed to do, on the paths that identity.json names:
${vaultPolicy(vaultNames.mount, ["read"]).replaceAll(/^(?=.)/gm, "  ")}
At the provider it is the application whose credentials stand in Vault; with Casdoor each application may do everything.`;
