import type { Session } from "../session";
import { renderTable } from "../terminal/table";
import { vaultClient } from "./client";
import { vaultConnection } from "./connection";
import { type SealStatus, sealStatus } from "./seal-status";

/** `strata vault status`: 0 unsealed, 2 sealed or not initialised, 1 a problem (the codes of Vault's own command). */
export async function vaultStatus(session: Session, options: { readonly json?: boolean }): Promise<number> {
  const client = vaultClient(vaultConnection(session));
  const status = await sealStatus(client);
  const report = { schemaVersion: 1, address: client.address, ...status };
  session.terminal.out(options.json ? JSON.stringify(report, undefined, 2) : describe(client.address, status));
  return status.sealed || !status.initialised ? 2 : 0;
}

function describe(address: string, status: SealStatus): string {
  const sealed = `sealed, ${status.progress} of ${status.threshold} keys given`;
  const state = status.sealed ? sealed : "unsealed";
  return renderTable([
    ["Address", address],
    ["State", status.initialised ? state : "not initialised"],
    ["Keys", status.shares > 0 ? `${status.threshold} of ${status.shares} open it` : "-"],
    ["Version", status.version || "-"],
    ["Cluster", status.clusterName || "-"],
  ]);
}
