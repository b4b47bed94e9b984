import { Certificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import { ExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import { SecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { ClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { vaultNames } from "../../core/names";
import type { SecretReader } from "../../core/secrets";
import type { ClusterTarget } from "../cluster-target";
import { type ManifestObject, ManifestSet } from "../manifest-set";

/** How the clusters reach Vault. */
export interface VaultAddress {
  readonly url: string;
  /**
   * ClusterIssuer whose CA signed Vault's certificate, for a cluster that uses Vault's service name.
   * @default - the certificate is publicly trusted
   */
  readonly internalIssuer?: string;
}

/** A Kubernetes secret filled from Vault. */
export interface DeliveredSecret {
  /** Name of the Kubernetes secret. */
  readonly name: string;
  /** Path below the KV mount. */
  readonly path: string;
  /** Kubernetes secret type. @default "Opaque" */
  readonly type?: string;
  /**
   * Key of the Kubernetes secret to the template that makes its value; templates name keys of the path, as in
   * `{{ .postgres_password }}`. @default - every key of the path, as it is
   */
  readonly template?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface SecretDeliveryProps {
  readonly target: ClusterTarget;
  readonly namespace: string;
  readonly vault: VaultAddress;
  readonly secrets: readonly DeliveredSecret[];
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Service account with which a namespace's secrets are read; it is used for nothing else. */
export const SECRET_READER = "secret-reader";

/** The reader that a namespace's deliveries log in as. */
export function secretReader(cluster: string, namespace: string): SecretReader {
  return { cluster, namespace, serviceAccount: SECRET_READER };
}

const STORE = "vault";
const CA_SECRET = "vault-ca";

/**
 * Delivers secrets from Vault into one namespace with External Secrets: a service account, a store that logs in with
 * it and one ExternalSecret for each secret. Nothing passes through Terraform.
 *
 * @see https://external-secrets.io/latest/provider/hashicorp-vault/
 */
export class SecretDelivery extends Construct {
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: SecretDeliveryProps) {
    super(scope, id);
    this.ready = new ManifestSet(this, "manifests", {
      target: props.target,
      release: "secrets",
      namespace: props.namespace,
      manifests: [
        ...login(props),
        ...ca(props),
        store(props),
        ...props.secrets.map((secret) => external(secret, props.namespace)),
      ],
      waiting: { until: "submitted", reason: "the values come from Vault, which its owner opens and fills" },
      dependsOn: props.dependsOn,
    }).ready;
  }
}

/** Vault checks the client's token with that same token, so its account may ask for token reviews and nothing else. */
function login(props: SecretDeliveryProps): ManifestObject[] {
  const { namespace } = props;
  return [
    new ServiceAccount({ metadata: { name: SECRET_READER, namespace }, automountServiceAccountToken: false }),
    new ClusterRoleBinding({
      metadata: { name: `${namespace}-${SECRET_READER}-token-review` },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [{ kind: "ServiceAccount", name: SECRET_READER, namespace }],
    }),
  ];
}

/** A certificate of the internal CA brings the CA's own certificate into the namespace as `ca.crt`. */
function ca(props: SecretDeliveryProps): ManifestObject[] {
  if (props.vault.internalIssuer === undefined) return [];
  return [
    new Certificate({
      metadata: { name: CA_SECRET, namespace: props.namespace },
      spec: {
        secretName: CA_SECRET,
        dnsNames: [`${SECRET_READER}.${props.namespace}.svc.cluster.local`],
        issuerRef: { kind: "ClusterIssuer", name: props.vault.internalIssuer },
      },
    }),
  ];
}

function store({ target, namespace, vault }: SecretDeliveryProps): ManifestObject {
  return new SecretStore({
    metadata: { name: STORE, namespace },
    spec: {
      provider: {
        vault: {
          server: vault.url,
          path: vaultNames.mount,
          version: "v2",
          ...(vault.internalIssuer === undefined
            ? {}
            : { caProvider: { type: "Secret", name: CA_SECRET, key: "ca.crt" } }),
          auth: {
            kubernetes: {
              mountPath: vaultNames.authMount(target.cluster),
              role: vaultNames.reader(target.cluster, namespace, SECRET_READER),
              serviceAccountRef: { name: SECRET_READER, audiences: [vaultNames.audience, vaultNames.apiAudience] },
            },
          },
        },
      },
    },
  });
}

function external(secret: DeliveredSecret, namespace: string): ManifestObject {
  return new ExternalSecret({
    metadata: { name: secret.name, namespace },
    spec: {
      refreshInterval: "5m",
      secretStoreRef: { kind: "SecretStore", name: STORE },
      target: {
        name: secret.name,
        creationPolicy: "Owner",
        template: {
          type: secret.type ?? "Opaque",
          engineVersion: "v2",
          metadata: { labels: { ...secret.labels } },
          ...(secret.template === undefined ? {} : { data: { ...secret.template } }),
        },
      },
      dataFrom: [{ extract: { key: secret.path } }],
    },
  });
}
