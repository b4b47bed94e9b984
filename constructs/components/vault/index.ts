import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import { serviceHost } from "../../core/names";
import { addRule } from "../../core/rules";
import type { BackupTarget } from "../../data/backup-target";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { TenantNamespace } from "../../kubernetes/tenant-namespace";
import type { Traffic } from "../../kubernetes/tenant-namespace/traffic";
import { EXTERNAL_SECRETS_NAMESPACE } from "../external-secrets";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer } from "../shared/values";
import { TRAEFIK_NAMESPACE } from "../traefik";
import { certificate, TLS_SECRET } from "./certificate";
import { SNAPSHOT_PODS, VAULT_NAMESPACE, VAULT_PORT, VAULT_SERVICE } from "./names";
import { checkAuditStorage } from "./sidecar";
import { VaultSnapshots } from "./snapshots";
import { STORAGE, values } from "./values";
import known from "./values.generated.json";

export { snapshotAccount, VAULT_AUDIT_FILE, VAULT_NAMESPACE, VAULT_PORT, VAULT_SERVICE } from "./names";

export interface VaultProps extends ComponentProps {
  /** Size of each server's data volume. @default "10Gi" */
  readonly storage?: string;
  /** Size of each server's audit volume: what does not fit any more is deleted, the oldest first. @default "10Gi" */
  readonly auditStorage?: string;
  /** Where snapshots of all that it stores go, in the folder `vault`. @default - nowhere */
  readonly backup?: BackupTarget;
}

const DEFAULTS = {
  // renovate: datasource=helm depName=vault registryUrl=https://helm.releases.hashicorp.com
  chart: "vault",
  repository: "https://helm.releases.hashicorp.com",
  version: "0.34.1",
  namespace: VAULT_NAMESPACE,
} as const satisfies ComponentDefaults;

/** URL of Vault inside its own cluster; its certificate is signed by the internal CA. */
export function vaultServiceUrl(): string {
  return `https://${serviceHost(VAULT_SERVICE, VAULT_NAMESPACE)}:${VAULT_PORT}`;
}

/**
 * Vault servers on raft storage, TLS everywhere. A server starts sealed and stays so until its owner opens it; a sealed
 * server is alive but not ready, so nothing restarts it and nobody is sent to it.
 *
 * The chart has no CRDs. Its StatefulSet is not restarted by an upgrade: a restart seals the server, so an owner deletes
 * the pods one by one, standbys first, and opens each.
 *
 * @see https://developer.hashicorp.com/vault/docs/deploy/kubernetes/helm
 */
export class Vault extends Component {
  static readonly NAME = "vault";
  static readonly PROVIDES: readonly Capability[] = ["vault"];
  /** Secrets are delivered to it too: the key pair of its snapshots' bucket. */
  static readonly REQUIRES: readonly Capability[] = ["certificates", "issuers", "ingress", "secret-delivery"];
  readonly namespace = VAULT_NAMESPACE;
  readonly service = VAULT_SERVICE;
  readonly port = VAULT_PORT;
  readonly url = vaultServiceUrl();
  /** A name in the servers' certificate. */
  readonly serverName = serviceHost(VAULT_SERVICE, VAULT_NAMESPACE);
  /** Secret with the servers' certificate; its `ca.crt` is the internal CA. */
  readonly tlsSecret = TLS_SECRET;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: VaultProps) {
    super(scope, id);
    const { target } = props;
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: this.namespace,
      protection: props.protection,
      traffic: [
        { from: "namespace", namespace: EXTERNAL_SECRETS_NAMESPACE, ports: [VAULT_PORT] },
        { from: "namespace", namespace: TRAEFIK_NAMESPACE, ports: [VAULT_PORT] },
        // Raft, and the servers forwarding to the active one.
        { within: "namespace" },
        // Registers itself, and has the tokens of every cluster reviewed by that cluster's API server.
        { to: "api-server" },
        ...(props.backup === undefined ? [] : [snapshotTraffic(props.backup)]),
      ],
    });
    const tls = new ManifestSet(this, "certificate", {
      target,
      release: "vault-tls",
      namespace: namespace.name,
      manifests: [certificate(namespace.name)],
      waiting: { until: "submitted", reason: "the servers' pods wait for the secret themselves" },
      dependsOn: [namespace.ready, ...(props.dependsOn ?? [])],
    });
    const chart = new PinnedChart(this, "chart", {
      target,
      release: "vault",
      namespace: namespace.name,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(values(props), props.values),
      known,
      waiting: { until: "submitted", reason: "a server is ready when its owner has opened it" },
      dependsOn: [tls.ready],
    });
    this.ready = [chart.resource];
    addRule(this, () => checkAuditStorage(props.auditStorage ?? STORAGE));
    if (props.backup !== undefined) this.snapshots(props, props.backup);
  }

  private snapshots({ target, placement, storage }: VaultProps, backup: BackupTarget): void {
    const { namespace, url: vault, ready: dependsOn } = this;
    const size = storage ?? STORAGE;
    new VaultSnapshots(this, "snapshots", { target, namespace, vault, backup, size, placement, dependsOn });
  }
}

/** The pods that take snapshots reach the bucket; Vault itself reaches nothing of the internet. */
function snapshotTraffic({ endpoint }: BackupTarget): Traffic {
  const port = Number(new URL(endpoint).port || 443);
  return { to: "internet", ports: [port], why: "the bucket of the snapshots", pods: SNAPSHOT_PODS };
}
