import { z } from "zod";
import type { VaultClient } from "./client";
import { VaultFailure } from "./failure";
import type { SealStatus } from "./seal-status";

const schema = z.object({
  ha_enabled: z.boolean(),
  is_self: z.boolean().default(false),
  leader_address: z.string().default(""),
});

/**
 * The part that a server has among its replicas. An open server without a leader cannot serve: the others are sealed or
 * away, so there is no majority. A standby names the leader that it knew last: one that has just gone is named still.
 */
export type ServerRole =
  | { readonly role: "alone" | "leader" | "no leader" | "not serving" }
  | { readonly role: "standby"; readonly leader: string };

/** Asks a server for its part; needs no token. A sealed one has none. */
export async function serverRole(client: VaultClient, { initialised, sealed }: SealStatus): Promise<ServerRole> {
  if (!initialised || sealed) return { role: "not serving" };
  try {
    const { ha_enabled, is_self, leader_address } = await client.read("sys/leader", schema);
    if (!ha_enabled) return { role: "alone" };
    if (is_self) return { role: "leader" };
    return leader_address === "" ? { role: "no leader" } : { role: "standby", leader: leader_address };
  } catch (error) {
    // It was sealed between the two questions.
    if (error instanceof VaultFailure && error.kind === "sealed") return { role: "not serving" };
    throw error;
  }
}
