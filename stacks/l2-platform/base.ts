import { CloudflareProvider } from "../../constructs/cloudflare";
import { BarmanCloud } from "../../constructs/components/barman-cloud";
import { CertManager } from "../../constructs/components/cert-manager";
import { ClickhouseOperator } from "../../constructs/components/clickhouse-operator";
import { CloudnativePg } from "../../constructs/components/cloudnative-pg";
import { ExternalSecrets } from "../../constructs/components/external-secrets";
import { MetricsServer } from "../../constructs/components/metrics-server";
import { Traefik } from "../../constructs/components/traefik";
import { Vault } from "../../constructs/components/vault";
import { compose } from "../../constructs/core/component";
import { LayerStack } from "../../constructs/core/layer-stack";
import { stackId } from "../../constructs/core/names";
import { addRule } from "../../constructs/core/rules";
import { ClusterTarget } from "../../constructs/kubernetes/cluster-target";
import type { Cluster } from "../../schema/model";
import { backupTarget, centralBackups } from "../backups";
import type { ProgramContext } from "../context";
import { exposeHost } from "../exposed-host";
import { step } from "./component-steps";

/** All that everything above needs on a cluster; on the central one the Vault server too. */
export class BaseStack extends LayerStack {
  constructor(context: ProgramContext, cluster: Cluster) {
    const id = stackId.base(cluster.name);
    super(context.app, id, context.stackProps(id, { layer: 2 }));
    const target = new ClusterTarget(this, cluster.name, context.ref(stackId.cluster(cluster.name)));
    const backups = cluster.central ? centralBackups(context.platform) : undefined;
    // Vault's snapshots want the bucket that their keys open.
    if (backups !== undefined) this.after(context.ref(stackId.backups(backups.subject)));
    let traefik: Traefik | undefined;
    let vault: Vault | undefined;
    const { findings } = compose([
      ...step(
        cluster,
        target,
        CertManager,
        (props) =>
          new CertManager(this, "cert-manager", {
            ...props,
            email: context.platform.contact,
            zones: context.zoneNames,
          }),
      ),
      ...step(cluster, target, Traefik, (props) => {
        const { entryPoints } = cluster;
        traefik = new Traefik(this, "traefik", { ...props, entryPoints, networkRange: context.network(cluster).cidr });
        return traefik;
      }),
      ...step(cluster, target, MetricsServer, (props) => {
        return new MetricsServer(this, "metrics-server", { ...props, networkRange: context.network(cluster).cidr });
      }),
      ...step(cluster, target, ExternalSecrets, (props) => new ExternalSecrets(this, "external-secrets", props)),
      ...step(cluster, target, CloudnativePg, (props) => new CloudnativePg(this, "cloudnative-pg", props)),
      ...step(cluster, target, BarmanCloud, (props) => new BarmanCloud(this, "barman-cloud", props)),
      ...step(
        cluster,
        target,
        ClickhouseOperator,
        (props) => new ClickhouseOperator(this, "clickhouse-operator", props),
      ),
      ...(cluster.central
        ? step(cluster, target, Vault, (props) => {
            const backup = backups && backupTarget(context.platform.organisation, backups);
            vault = new Vault(this, "vault", { ...props, backup });
            return vault;
          })
        : []),
    ]);
    addRule(this, () => findings);
    if (traefik === undefined) return;
    for (const [name, address] of Object.entries(traefik.addresses)) this.publish(`${name}_address`, address);
    if (vault === undefined) return;
    new CloudflareProvider(this, "cloudflare");
    exposeHost(this, context, { ...vaultHost(context, cluster, vault), target }, traefik.addresses.machine);
  }
}

/** Vault speaks TLS to everyone: Traefik ends the public certificate and encrypts again with the internal CA. */
function vaultHost(context: ProgramContext, cluster: Cluster, vault: Vault) {
  return {
    cluster,
    namespace: vault.namespace,
    name: "vault-public",
    host: context.internalHost("vault"),
    entryPoint: "machine" as const,
    backendTls: { serverName: vault.serverName, caSecret: vault.tlsSecret },
    routes: [
      {
        name: "api",
        class: "machine" as const,
        path: "/",
        match: "prefix" as const,
        backend: { service: vault.service, port: vault.port },
      },
    ],
    dependsOn: vault.ready,
  };
}
