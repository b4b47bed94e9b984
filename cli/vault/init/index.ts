import { z } from "zod";
import type { Session } from "../../session";
import { type VaultClient, vaultClient } from "../client";
import { vaultConnection } from "../connection";
import { VaultFailure } from "../failure";
import { sealStatus } from "../seal-status";
import { handover } from "./handover";
import { type KeyPlan, keyPlan } from "./keepers";
import { openKeySink } from "./key-sink";

export interface InitOptions {
  /** Number of unseal keys. @default - one for each keeper who is named, or else 5 */
  readonly shares?: number;
  /** Number of unseal keys that open Vault. @default - 3, or all when there are fewer */
  readonly threshold?: number;
  readonly json?: boolean;
  /** File for the keys. */
  readonly out?: string;
  /** Files of PGP public keys, separated by commas: one for each share. */
  readonly pgpKeys?: string;
  /** File of the PGP public key for the root token. @default - the first of `pgpKeys` */
  readonly rootTokenPgpKey?: string;
  /** Public keys of age, or files with one, separated by commas: one for each share. */
  readonly ageRecipients?: string;
  /** The same for the root token. @default - the first of `ageRecipients` */
  readonly rootTokenAgeRecipient?: string;
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
  const plan = await keyPlan(session, options);
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
  const sink = openKeySink(session, options, plan.keepers);
  try {
    const keys = await initialise(client, plan);
    sink.accept(await handover(keys, plan.keepers).catch(() => refuse(client, "its keys could not be encrypted")));
  } catch (error) {
    sink.abandon();
    throw error;
  }
  session.terminal.err(`Vault at ${client.address} is initialised. Next: strata vault unseal, on every replica.`);
  return 0;
}

async function initialise(client: VaultClient, plan: KeyPlan): Promise<InitialKeys> {
  try {
    // Never repeated: a second request would be refused, and the keys of the first lost without a word.
    return await client.write("sys/init", requestOf(plan), answer);
  } catch (error) {
    const lost = await sealStatus(client).then(
      (status) => status.initialised,
      () => false,
    );
    if (!lost) throw error;
    return refuse(client, "its answer with the keys was lost");
  }
}

/** Vault has made its keys, and nobody has them. */
function refuse({ address }: VaultClient, problem: string): never {
  const fix = "Nothing is in it yet: wipe its storage (delete its volumes) and run `strata vault init` again.";
  throw new VaultFailure("rejected", address, `it was initialised, but ${problem}`, fix);
}

function requestOf({ shares, threshold, keepers }: KeyPlan): object {
  return {
    secret_shares: shares,
    secret_threshold: threshold,
    ...(keepers.by === "pgp" && { pgp_keys: keepers.keys, root_token_pgp_key: keepers.rootKey }),
  };
}
