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
  /** What logs in with the role depends on this. */
  readonly ready: ITerraformDependable;

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

/**
 * What stands in the default policy and External Secrets needs: it looks its token up to find a store valid, and gives
 * the token back when it is done.
 */
const OWN_TOKEN = { "auth/token/lookup-self": "read", "auth/token/revoke-self": "update" };

function readPolicy(paths: readonly string[]): string {
  const secrets = [...paths].sort().map((path) => [`${vaultNames.mount}/data/${path}`, "read"] as const);
  return [...secrets, ...Object.entries(OWN_TOKEN)]
    .map(([path, capability]) => `path "${path}" {\n  capabilities = ["${capability}"]\n}\n`)
    .join("\n");
}
