import { KubernetesAuthBackendRole } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-role";
import { Policy } from "@cdktf/provider-vault/lib/policy";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { vaultNames } from "../core/names";
import { claimOwnership } from "../core/ownership";
import type { SecretReader } from "../core/secrets";
import { OWN_TOKEN, policyText, secretRules, type VaultRule } from "../core/vault-policy";

export interface VaultReaderProps {
  readonly provider: TerraformProvider;
  readonly reader: SecretReader;
  /** Paths below the KV mount, without wildcards. */
  readonly paths: readonly string[];
  /** @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * Lets one service account read its own paths and nothing else: one policy, one role of its cluster's auth method.
 *
 * @see https://developer.hashicorp.com/vault/docs/auth/kubernetes
 */
export class VaultReader extends Construct {
  /** Name of the role and of the policy. */
  readonly role: string;
  /** What logs in with the role depends on this. */
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: VaultReaderProps) {
    super(scope, id);
    const { cluster, namespace, serviceAccount } = props.reader;
    this.role = vaultNames.reader(cluster, namespace, serviceAccount);
    const policy = new Policy(this, "policy", {
      provider: props.provider,
      name: this.role,
      policy: policyText(rules(props.paths)),
      dependsOn: [...(props.dependsOn ?? [])],
    });
    claimOwnership(this, "vault-policy", this.role);
    this.ready = new KubernetesAuthBackendRole(this, "role", {
      provider: props.provider,
      backend: vaultNames.authMount(cluster),
      roleName: this.role,
      boundServiceAccountNames: [serviceAccount],
      boundServiceAccountNamespaces: [namespace],
      audience: vaultNames.audience,
      tokenPolicies: [policy.name],
      // The policy named above is all a reader gets: the default one lets it do more with tokens than it has to.
      tokenNoDefaultPolicy: true,
      tokenTtl: 600,
      tokenMaxTtl: 1800,
    });
  }
}

function rules(paths: readonly string[]): readonly VaultRule[] {
  return [...secretRules(vaultNames.mount, ["read"], [...paths].sort()), ...OWN_TOKEN];
}
