export {
  EnvironmentPeople,
  type EnvironmentPeopleProps,
  type PeopleOf,
  peopleRules,
} from "./environment-people";
export { isAmong, operatorRules } from "./operator-rules";
export { PeopleRole, type PeopleRoleProps } from "./people-role";
export { SignOn, type SignOnProps } from "./sign-on";
export { type VaultClientProps, vaultClient, vaultClientSecret } from "./vault-client";
