import { AUDIT_FOLDER } from "./audit-file";

/** What is not as it will be in production, a sentence each, for the report of a run. */
export const VAULT_REMARKS: readonly string[] = [
  "Vault is one server outside of the clusters: no second replica, no failover, no volume, no route.",
  `Vault's audit device writes into the sandbox's folder; whoever asks Vault is told ${AUDIT_FOLDER}, as in production.`,
  "Nobody signs on: a stand-in for the identity provider shows Vault the key that tokens are signed with, and has no users.",
  "All keys of Vault and its root token are kept in one file of the sandbox, and it is opened with them by itself.",
];
