import { KubernetesAuthBackendRole } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-role";
import { Policy } from "@cdktf/provider-vault/lib/policy";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { vaultNames } from "../core/names";
import type { SecretReader } from "../core/secrets";

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

  constructor(scope: Construct, id: string, props: VaultReaderProps) {
    super(scope, id);
    const { cluster, namespace, serviceAccount } = props.reader;
    this.role = vaultNames.reader(cluster, namespace, serviceAccount);
    const policy = new Policy(this, "policy", {
      provider: props.provider,
      name: this.role,
      policy: readPolicy(props.paths),
      dependsOn: [...(props.dependsOn ?? [])],
    });
    new KubernetesAuthBackendRole(this, "role", {
      provider: props.provider,
      backend: vaultNames.authMount(cluster),
      roleName: this.role,
      boundServiceAccountNames: [serviceAccount],
      boundServiceAccountNamespaces: [namespace],
      audience: vaultNames.audience,
      tokenPolicies: [policy.name],
      // The policy named above is all a reader gets.
      tokenNoDefaultPolicy: true,
      tokenTtl: 600,
      tokenMaxTtl: 1800,
    });
  }
}

function readPolicy(paths: readonly string[]): string {
  return [...paths]
    .sort()
    .map((path) => `path "${vaultNames.mount}/data/${path}" {\n  capabilities = ["read"]\n}\n`)
    .join("\n");
}
