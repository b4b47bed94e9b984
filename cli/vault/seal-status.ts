import { z } from "zod";
import type { VaultClient } from "./client";
import { VaultFailure } from "./failure";

const schema = z.object({
  initialized: z.boolean().default(true),
  sealed: z.boolean(),
  /** Keys needed. */
  t: z.number(),
  /** Keys made. */
  n: z.number(),
  /** Keys given so far. */
  progress: z.number(),
  version: z.string().default(""),
  cluster_name: z.string().default(""),
});

/** The state of one Vault server. */
export interface SealStatus {
  readonly initialised: boolean;
  readonly sealed: boolean;
  readonly threshold: number;
  readonly shares: number;
  readonly progress: number;
  readonly version: string;
  readonly clusterName: string;
}

/** Asks for the state; needs no token. */
export async function sealStatus(client: VaultClient): Promise<SealStatus> {
  try {
    return fromAnswer(await client.read("sys/seal-status", schema));
  } catch (error) {
    if (!(error instanceof VaultFailure) || error.kind !== "uninitialised") throw error;
    // Old servers answer with an error here.
    return fromAnswer({ initialized: false, sealed: true, t: 0, n: 0, progress: 0, version: "", cluster_name: "" });
  }
}

/** Gives one unseal key. */
export async function giveKey(client: VaultClient, key: string): Promise<SealStatus> {
  return fromAnswer(await client.write("sys/unseal", { key }, schema));
}

/** Refuses a server that cannot serve secrets. */
export function requireOpen(client: VaultClient, status: SealStatus): void {
  if (!status.initialised) {
    throw new VaultFailure("uninitialised", client.address, "it is not initialised", "Run `strata vault init`.");
  }
  if (status.sealed) throw new VaultFailure("sealed", client.address, "it is sealed", "Run `strata vault unseal`.");
}

function fromAnswer(answer: z.output<typeof schema>): SealStatus {
  const { initialized, sealed, t, n, progress, version, cluster_name } = answer;
  return { initialised: initialized, sealed, threshold: t, shares: n, progress, version, clusterName: cluster_name };
}
