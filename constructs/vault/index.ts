export { VaultProvider } from "@cdktf/provider-vault/lib/provider";
export { AuditDevice, type AuditDeviceProps } from "./audit-device";
export { ClusterAuth, type ClusterAuthProps } from "./cluster-auth";
export { VaultReader, type VaultReaderProps } from "./reader";
export { readersOf } from "./readers";
export { SecretsMount, type SecretsMountProps } from "./secrets-mount";
