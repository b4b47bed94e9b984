import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { GROUPS_CLAIM, groupClaimValue, type IdentityProvider } from "../../core/identity";
import { vaultNames } from "../../core/names";
import { JwtRole } from "../jwt-role";

export interface PeopleRoleProps {
  readonly provider: TerraformProvider;
  readonly identity: IdentityProvider;
  readonly name: string;
  /** Groups of the identity provider: members of one of them may log in. */
  readonly groups: readonly string[];
  /** Names of policies. */
  readonly policies: readonly string[];
  /** Seconds until a login ends. @default 3600 */
  readonly seconds?: number;
  /** @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** An hour of work: a person logs in again with his browser's session. */
const HOUR = 3600;

/** A role for people: members of groups of the identity provider. Without one of the groups nobody logs in. */
export class PeopleRole extends Construct {
  constructor(scope: Construct, id: string, { groups, identity, ...props }: PeopleRoleProps) {
    super(scope, id);
    new JwtRole(this, "role", {
      seconds: HOUR,
      ...props,
      mount: vaultNames.peopleMount,
      audience: vaultNames.audience,
      // Any client of the identity provider may ask for a token that names Vault as its audience (RFC 8707): the person
      // must have signed on with Vault's own.
      claims: {
        [GROUPS_CLAIM]: groups.map((group) => groupClaimValue(identity, group)),
        azp: [vaultNames.audience],
      },
    });
  }
}
