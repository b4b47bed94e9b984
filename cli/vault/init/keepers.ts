import { StrataError } from "../../../constructs/core/errors";
import type { Session } from "../../session";
import { ageRecipients } from "./age";
import type { InitOptions } from "./index";
import { pgpKeys } from "./pgp";

/** Who gets the unseal keys, in order, and who gets the root token. */
export type Keepers =
  /** Whoever sees the output: nothing is encrypted. */
  | { readonly by: "nobody" }
  /** Vault encrypts, with these public keys in base64. */
  | { readonly by: "pgp"; readonly keys: readonly string[]; readonly rootKey: string }
  /** We encrypt, for these recipients. */
  | { readonly by: "age"; readonly recipients: readonly string[]; readonly rootRecipient: string };

/** How many keys are made, how many of them open Vault, and who keeps them. */
export interface KeyPlan {
  readonly shares: number;
  readonly threshold: number;
  readonly keepers: Keepers;
}

/** What Vault's own command does. */
const DEFAULT_SHARES = 5;
const DEFAULT_THRESHOLD = 3;

/**
 * Reads from the options who keeps what; nothing is asked of Vault.
 *
 * @throws StrataError when the options contradict each other, or a public key cannot be used
 */
export async function keyPlan({ cwd }: Session, options: InitOptions): Promise<KeyPlan> {
  refuseMixture(options);
  const keepers = await keepersOf(options, cwd);
  const named = countOf(keepers);
  const shares = options.shares ?? named ?? DEFAULT_SHARES;
  const threshold = options.threshold ?? Math.min(DEFAULT_THRESHOLD, shares);
  const refuse = (where: string, problem: string, fix: string) => StrataError.of({ where, problem, fix });
  if (threshold > shares) {
    throw refuse("--threshold", `${threshold} keys of ${shares} can never be given`, "Lower it.");
  }
  if (shares > 1 && threshold === 1) {
    throw refuse("--threshold", "one key would open what several people keep", "Use at least 2, or --shares 1.");
  }
  if (named !== undefined && named !== shares) {
    const [option, what] = keepers.by === "pgp" ? ["--pgp-keys", "file"] : ["--age-recipients", "recipient"];
    const fix = `Give one ${what} for each share, or leave --shares out.`;
    throw refuse(option, `${named} keys for ${shares} shares`, fix);
  }
  return { shares, threshold, keepers };
}

async function keepersOf(options: InitOptions, cwd: string): Promise<Keepers> {
  if (options.pgpKeys !== undefined) {
    const keys = pgpKeys(options.pgpKeys, cwd);
    const [rootKey = ""] = options.rootTokenPgpKey === undefined ? keys : pgpKeys(options.rootTokenPgpKey, cwd);
    return { by: "pgp", keys, rootKey };
  }
  if (options.ageRecipients === undefined) return { by: "nobody" };
  const recipients = await ageRecipients("--age-recipients", options.ageRecipients, cwd);
  const root = options.rootTokenAgeRecipient;
  const roots = root === undefined ? recipients : await ageRecipients("--root-token-age-recipient", root, cwd);
  if (root !== undefined && roots.length > 1) {
    const fix = "Name one recipient.";
    throw StrataError.of({ where: "--root-token-age-recipient", problem: `names ${roots.length} recipients`, fix });
  }
  return { by: "age", recipients, rootRecipient: roots[0] ?? "" };
}

/** Vault encrypts for all or for none, and the root token of nobody's keys stands in clear beside them. */
function refuseMixture(options: InitOptions): void {
  const { pgpKeys: pgp, rootTokenPgpKey: rootPgp, ageRecipients: age, rootTokenAgeRecipient: rootAge } = options;
  const refuse = (where: string, problem: string, fix: string) => StrataError.of({ where, problem, fix });
  if (pgp !== undefined && age !== undefined) {
    throw refuse("--age-recipients", "does not go with --pgp-keys", "Use one kind of key for all keepers.");
  }
  if (rootPgp !== undefined && pgp === undefined) {
    throw refuse("--root-token-pgp-key", "does not go without --pgp-keys", "Encrypt the unseal keys as well.");
  }
  if (rootAge !== undefined && age === undefined) {
    const problem = "does not go without --age-recipients";
    throw refuse("--root-token-age-recipient", problem, "Encrypt the unseal keys as well.");
  }
}

function countOf(keepers: Keepers): number | undefined {
  if (keepers.by === "nobody") return undefined;
  return keepers.by === "pgp" ? keepers.keys.length : keepers.recipients.length;
}
