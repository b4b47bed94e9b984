export { AUDIT_FOLDER } from "./audit-file";
export type { NameLookup } from "./cluster-names";
export { type FillVaultOptions, fillVault, type SecretsOptions, type Written, writeBootstrapSecrets } from "./fill";
export type { Interference, VaultFront } from "./front";
export type { VaultStatus } from "./health";
export { type OpenedVault, type OpenVaultOptions, openVault } from "./open";
export { VAULT_REMARKS } from "./remarks";
export { type Strata, type StrataInput, type StrataOutcome, type StrataProgramOptions, strataProgram } from "./strata";
export { SandboxVault, type SandboxVaultOptions } from "./vault";
