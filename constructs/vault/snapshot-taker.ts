import { KubernetesAuthBackendRole } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-role";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { vaultNames } from "../core/names";
import type { SecretReader } from "../core/secrets";
import { OWN_TOKEN } from "../core/vault-policy";
import { NamedPolicy } from "./named-policy";

export interface SnapshotTakerProps {
  readonly provider: TerraformProvider;
  /** Service account that takes the snapshots. */
  readonly account: SecretReader;
  /** The auth method of its cluster. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * Lets one service account take snapshots of all that Vault stores, encrypted as it stores it, and do nothing else: it
 * reads no secret and restores nothing.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/system/storage/raft#take-a-snapshot-of-the-raft-cluster
 */
export class SnapshotTaker extends Construct {
  /** Name of the role and of the policy. */
  readonly role: string;

  constructor(scope: Construct, id: string, { provider, account, dependsOn }: SnapshotTakerProps) {
    super(scope, id);
    const { cluster, namespace, serviceAccount } = account;
    this.role = vaultNames.reader(cluster, namespace, serviceAccount);
    const policy = new NamedPolicy(this, "policy", {
      provider,
      name: this.role,
      rules: [{ path: "sys/storage/raft/snapshot", capabilities: ["read"] }, ...OWN_TOKEN],
    });
    new KubernetesAuthBackendRole(this, "role", {
      provider,
      backend: vaultNames.authMount(cluster),
      roleName: this.role,
      boundServiceAccountNames: [serviceAccount],
      boundServiceAccountNamespaces: [namespace],
      // A token that is mounted into a pod has one audience only, and the API server, which reviews it with the token's
      // own right, has to be in it. External Secrets asks for tokens with two, so its roles want Vault's own.
      audience: vaultNames.apiAudience,
      tokenPolicies: [policy.name],
      tokenNoDefaultPolicy: true,
      tokenTtl: 600,
      tokenMaxTtl: 1800,
      dependsOn: [policy.ready, ...dependsOn],
    });
  }
}
