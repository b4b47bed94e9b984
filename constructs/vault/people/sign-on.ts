import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { declareGroups, type IdentityProvider } from "../../core/identity";
import { vaultNames } from "../../core/names";
import { JwtAuth } from "../jwt-auth";
import { DEPLOYMENT_SECONDS } from "../machines/deployer-rules";
import { PeopleRole } from "./people-role";

export interface SignOnProps {
  readonly provider: TerraformProvider;
  /** Whose tokens Vault trusts. */
  readonly identity: IdentityProvider;
  /** Groups of the identity provider to what their members are for the whole platform. */
  readonly access: Readonly<Record<string, "operator" | "deployer">>;
  /** What has to be up before Vault asks the issuer for its keys. @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * People's way into Vault, by the identity provider, and the roles of those who work on the platform as a whole. The
 * roles of an environment's people belong to the environment.
 */
export class SignOn extends Construct {
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, { provider, identity, access, dependsOn }: SignOnProps) {
    super(scope, id);
    const auth = new JwtAuth(this, "auth", {
      provider,
      path: vaultNames.peopleMount,
      issuer: identity.url,
      description: "People, by the identity provider",
      dependsOn,
    });
    this.ready = auth.ready;
    declareGroups(this, { provider: identity, groups: Object.keys(access) });
    const { operator, deployer } = vaultNames;
    const policies = { operator: [operator, deployer], deployer: [deployer] } as const;
    for (const kind of ["operator", "deployer"] as const) {
      const groups = Object.keys(access).filter((group) => access[group] === kind);
      if (groups.length === 0) continue;
      new PeopleRole(this, kind, {
        provider,
        identity,
        name: vaultNames[kind],
        groups,
        policies: policies[kind],
        // They apply stacks.
        seconds: DEPLOYMENT_SECONDS,
        dependsOn: [auth.ready],
      });
    }
  }
}
