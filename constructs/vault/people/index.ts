export {
  EnvironmentPeople,
  type EnvironmentPeopleProps,
  type PeopleOf,
  peopleRules,
} from "./environment-people";
export { isAmong, operatorRules } from "./operator-rules";
export { GROUPS_CLAIM, PeopleRole, type PeopleRoleProps } from "./people-role";
export { SignOn, type SignOnProps } from "./sign-on";
