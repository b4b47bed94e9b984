import { JwtAuthBackend } from "@cdktf/provider-vault/lib/jwt-auth-backend";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { claimOwnership } from "../core/ownership";

export interface JwtAuthProps {
  readonly provider: TerraformProvider;
  /** Auth mount, without `auth/`. */
  readonly path: string;
  /**
   * URL of who signs the tokens. Vault asks it for its keys, below `/.well-known/openid-configuration`, when this is
   * applied and at logins: it has to be up.
   */
  readonly issuer: string;
  readonly description: string;
  /** @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Longest time in seconds that any login of such a mount is good for, whatever a role says. */
const LONGEST_LOGIN = 7200;

/**
 * A way into Vault for who has an identity token (a JWT) of an issuer. The token is shown once and not kept, and Vault
 * has no secret at the issuer: there is none that a state could hold.
 *
 * The type is `jwt` and not `oidc`: with a login in the browser Vault needs a client secret, and the provider has no
 * write-only argument for it as yet.
 *
 * @see https://developer.hashicorp.com/vault/docs/auth/jwt
 */
export class JwtAuth extends Construct {
  readonly path: string;
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: JwtAuthProps) {
    super(scope, id);
    this.path = props.path;
    const lease = `${LONGEST_LOGIN / 3600}h`;
    this.ready = new JwtAuthBackend(this, "mount", {
      provider: props.provider,
      type: "jwt",
      path: props.path,
      description: props.description,
      oidcDiscoveryUrl: props.issuer,
      boundIssuer: props.issuer,
      // Signatures with a public key: what the issuer publishes is of no use to forge one.
      jwtSupportedAlgs: ["RS256", "ES256"],
      tune: [{ defaultLeaseTtl: lease, maxLeaseTtl: lease, listingVisibility: "hidden", tokenType: "default-service" }],
      dependsOn: [...(props.dependsOn ?? [])],
    });
    claimOwnership(this, "vault-mount", `auth/${props.path}`);
  }
}
