import type { Session } from "../session";
import { renderTable } from "../terminal/table";
import { vaultClient } from "./client";
import { vaultConnection } from "./connection";
import { type ServerRole, serverRole } from "./role";
import { type SealStatus, sealStatus } from "./seal-status";

/** `strata vault status`: 0 unsealed, 2 sealed or not initialised, 1 a problem (the codes of Vault's own command). */
export async function vaultStatus(session: Session, options: { readonly json?: boolean }): Promise<number> {
  const client = vaultClient(vaultConnection(session));
  const status = await sealStatus(client);
  const role = await serverRole(client, status);
  const report = { schemaVersion: 1, address: client.address, ...status, ...role };
  session.terminal.out(options.json ? JSON.stringify(report, undefined, 2) : describe(client.address, status, role));
  return status.sealed || !status.initialised ? 2 : 0;
}

function describe(address: string, status: SealStatus, role: ServerRole): string {
  const sealed = `sealed, ${status.progress} of ${status.threshold} keys given`;
  const state = status.sealed ? sealed : "unsealed";
  return renderTable([
    ["Address", address],
    ["State", status.initialised ? state : "not initialised"],
    ["Role", ROLES[role.role]],
    ["Leader", role.role === "standby" ? role.leader : "-"],
    ["Keys", status.shares > 0 ? `${status.threshold} of ${status.shares} open it` : "-"],
    ["Version", status.version || "-"],
    ["Cluster", status.clusterName || "-"],
  ]);
}

const ROLES = {
  alone: "the only server",
  leader: "leader",
  standby: "standby",
  "no leader": "no leader: unseal the other replicas",
  "not serving": "-",
} as const;
