import { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
import { KubernetesAuthBackendConfig } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-config";
import { Fn, type ITerraformDependable, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { vaultNames } from "../core/names";
import { claimOwnership } from "../core/ownership";

export interface ClusterAuthProps {
  readonly provider: TerraformProvider;
  /** Name of the cluster. */
  readonly cluster: string;
  /** URL of its API server as Vault reaches it. */
  readonly host: string;
  /** Base64 CA certificate of the API server. */
  readonly caCertificate: string;
}

/**
 * A cluster's way into Vault: Kubernetes auth without a reviewer token. The client's own token reviews itself, so no
 * long-lived token of any cluster is in Vault or in a state.
 *
 * @see https://developer.hashicorp.com/vault/docs/auth/kubernetes#use-the-vault-client-s-jwt-as-the-reviewer-jwt
 */
export class ClusterAuth extends Construct {
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: ClusterAuthProps) {
    super(scope, id);
    const path = vaultNames.authMount(props.cluster);
    const mount = new AuthBackend(this, "mount", {
      provider: props.provider,
      type: "kubernetes",
      path,
      description: `Service accounts of cluster ${props.cluster}`,
    });
    this.ready = new KubernetesAuthBackendConfig(this, "config", {
      provider: props.provider,
      backend: mount.path,
      kubernetesHost: props.host,
      kubernetesCaCert: Fn.base64decode(props.caCertificate),
      disableLocalCaJwt: true,
    });
    claimOwnership(this, "vault-mount", `auth/${path}`);
  }
}
