export { AuditDevice, type AuditDeviceProps } from "./audit-device";
export { ClusterAuth, type ClusterAuthProps } from "./cluster-auth";
export { JwtAuth, type JwtAuthProps } from "./jwt-auth";
export { JwtRole, type JwtRoleProps } from "./jwt-role";
export { type Deployer, DeployerLogin, type DeployerLoginProps, deployerRole, deployerRules } from "./machines";
export { NamedPolicy, type NamedPolicyProps } from "./named-policy";
export {
  EnvironmentPeople,
  type EnvironmentPeopleProps,
  isAmong,
  operatorRules,
  type PeopleOf,
  SignOn,
  type SignOnProps,
  type VaultClientProps,
  vaultClient,
  vaultClientSecret,
} from "./people";
export { VaultProvider } from "./provider";
export { VaultReader, type VaultReaderProps } from "./reader";
export { readersOf } from "./readers";
export { SecretsMount, type SecretsMountProps } from "./secrets-mount";
export { SnapshotTaker, type SnapshotTakerProps } from "./snapshot-taker";
