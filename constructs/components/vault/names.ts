import type { SecretReader } from "../../core/secrets";

/** Namespace that the component makes for itself. */
export const VAULT_NAMESPACE = "vault";
/** Service that leads to the unsealed servers. */
export const VAULT_SERVICE = "vault";
/** Service that leads to the leader, as the chart names it. */
export const LEADER_SERVICE = "vault-active";
export const VAULT_PORT = 8200;
/** File of the audit device; the device is switched on once Vault is open. */
export const VAULT_AUDIT_FILE = "/vault/audit/audit.log";

/** Labels of the pods that take snapshots: traffic is admitted by them. */
export const SNAPSHOT_PODS = { "app.kubernetes.io/name": "vault-snapshots" } as const;

/** Service account that takes the snapshots; it is used for nothing else. */
export function snapshotAccount(cluster: string): SecretReader {
  return { cluster, namespace: VAULT_NAMESPACE, serviceAccount: "vault-snapshot" };
}
