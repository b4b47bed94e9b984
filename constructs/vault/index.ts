export { VaultProvider } from "@cdktf/provider-vault/lib/provider";
export { ClusterAuth, type ClusterAuthProps } from "./cluster-auth";
export { SecretsMount, type SecretsMountProps } from "./secrets-mount";
export { VaultReader, type VaultReaderProps } from "./reader";
export { readersOf } from "./readers";
