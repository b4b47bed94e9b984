import { z } from "zod";
import { StrataError } from "../../constructs/core/errors";
import type { Session } from "../session";
import { type VaultClient, vaultClient } from "./client";
import { vaultConnection } from "./connection";
import { VaultFailure } from "./failure";
import { openKeySink } from "./key-sink";
import { pgpKeys } from "./pgp";
import { sealStatus } from "./seal-status";

export interface InitOptions {
  readonly shares: number;
  readonly threshold: number;
  readonly json?: boolean;
  /** File for the keys. */
  readonly out?: string;
  /** Files of PGP public keys, separated by commas: one for each share. */
  readonly pgpKeys?: string;
  /** File of the PGP public key for the root token. */
  readonly rootTokenPgpKey?: string;
}

const answer = z.object({
  keys: z.array(z.string()),
  keys_base64: z.array(z.string()),
  root_token: z.string(),
});

/** What `sys/init` gives, once: whoever holds enough of it owns every secret. */
export type InitialKeys = z.output<typeof answer>;

/** `strata vault init`: makes the unseal keys and the root token, and hands them over exactly once. */
export async function vaultInit(session: Session, options: InitOptions): Promise<number> {
  const request = initRequest(session, options);
  const client = vaultClient(vaultConnection(session));
  if ((await sealStatus(client)).initialised) {
    throw new VaultFailure(
      "rejected",
      client.address,
      "it is already initialised",
      "Go on with `strata vault unseal`.",
    );
  }
  // Opened before Vault makes the keys: they exist nowhere else, so there must be a place for them.
  const sink = openKeySink(session, options);
  try {
    const keys = await initialise(client, request);
    sink.accept(keys);
  } catch (error) {
    sink.abandon();
    throw error;
  }
  session.terminal.err(`Vault at ${client.address} is initialised. Next: strata vault unseal, on every replica.`);
  return 0;
}

async function initialise(client: VaultClient, request: object): Promise<InitialKeys> {
  try {
    // Never repeated: a second request would be refused, and the keys of the first lost without a word.
    return await client.write("sys/init", request, answer);
  } catch (error) {
    const lost = await sealStatus(client).then(
      (status) => status.initialised,
      () => false,
    );
    if (!lost) throw error;
    const fix = "Nothing is in it yet: wipe its storage (delete its volumes) and run `strata vault init` again.";
    throw new VaultFailure(
      "rejected",
      client.address,
      "it was initialised, but its answer with the keys was lost",
      fix,
    );
  }
}

function initRequest({ cwd }: Session, options: InitOptions) {
  const keys = options.pgpKeys === undefined ? undefined : pgpKeys(options.pgpKeys, cwd);
  const refuse = (where: string, problem: string, fix: string) => StrataError.of({ where, problem, fix });
  if (options.threshold > options.shares) {
    throw refuse("--threshold", `${options.threshold} keys of ${options.shares} can never be given`, "Lower it.");
  }
  if (options.shares > 1 && options.threshold === 1) {
    throw refuse("--threshold", "one key would open what several people keep", "Use at least 2, or --shares 1.");
  }
  if (keys !== undefined && keys.length !== options.shares) {
    throw refuse("--pgp-keys", `${keys.length} keys for ${options.shares} shares`, "Give one file for each share.");
  }
  return {
    secret_shares: options.shares,
    secret_threshold: options.threshold,
    ...(keys !== undefined && { pgp_keys: keys }),
    ...(options.rootTokenPgpKey !== undefined && { root_token_pgp_key: pgpKeys(options.rootTokenPgpKey, cwd)[0] }),
  };
}
