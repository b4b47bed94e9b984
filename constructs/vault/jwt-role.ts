import { JwtAuthBackendRole } from "@cdktf/provider-vault/lib/jwt-auth-backend-role";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { addRule, type Finding } from "../core/rules";

export interface JwtRoleProps {
  readonly provider: TerraformProvider;
  /** Auth mount, without `auth/`. */
  readonly mount: string;
  readonly name: string;
  /** Who the token has to be meant for. */
  readonly audience: string;
  /** Claims that the token has to have, each with the values of which one is enough. At least one claim. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** Names of policies: all that a login may do. */
  readonly policies: readonly string[];
  /** Seconds until a login ends; it can't be made longer. */
  readonly seconds: number;
  /** @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Seconds that the clocks of Vault and the issuer may differ. */
const LEEWAY = 30;

/** Who may log in with an identity token, and what the login may do. */
export class JwtRole extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: JwtRoleProps) {
    super(scope, id);
    this.name = props.name;
    new JwtAuthBackendRole(this, "role", {
      provider: props.provider,
      backend: props.mount,
      roleName: props.name,
      roleType: "jwt",
      userClaim: "sub",
      boundAudiences: [props.audience],
      // Several values of one claim are a list to the provider when commas separate them.
      boundClaims: Object.fromEntries(Object.entries(props.claims).map(([claim, values]) => [claim, values.join(",")])),
      boundClaimsType: "string",
      tokenPolicies: [...props.policies],
      tokenNoDefaultPolicy: true,
      tokenTtl: props.seconds,
      tokenMaxTtl: props.seconds,
      expirationLeeway: LEEWAY,
      notBeforeLeeway: LEEWAY,
      clockSkewLeeway: LEEWAY,
      dependsOn: [...(props.dependsOn ?? [])],
    });
    addRule(this, () => checkClaims(props));
  }
}

function checkClaims({ name, claims }: JwtRoleProps): Finding[] {
  const fix = "Name who may log in, at least one.";
  if (Object.keys(claims).length === 0) return [{ problem: `role ${name} asks for no claim`, fix }];
  return Object.entries(claims).flatMap(([claim, values]) => [
    ...(values.length === 0 ? [{ problem: `role ${name} asks for no value of the claim ${claim}`, fix }] : []),
    ...values
      .filter((value) => value === "" || value.includes(","))
      .map((value) => ({
        problem: `role ${name} asks for a value of the claim ${claim} that is empty or has a comma`,
        value,
        fix: "Rename the group: commas separate values here.",
      })),
  ]);
}
