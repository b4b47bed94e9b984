import { CloudflareProvider } from "../../constructs/cloudflare";
import { BarmanCloud } from "../../constructs/components/barman-cloud";
import { Casdoor } from "../../constructs/components/casdoor";
import { CertManager } from "../../constructs/components/cert-manager";
import { ClickhouseOperator } from "../../constructs/components/clickhouse-operator";
import { CloudnativePg } from "../../constructs/components/cloudnative-pg";
import { ExternalSecrets } from "../../constructs/components/external-secrets";
import { Grafana, grafanaHost } from "../../constructs/components/grafana";
import { Headlamp, headlampHost } from "../../constructs/components/headlamp";
import { Oauth2Proxy, portalGates } from "../../constructs/components/oauth2-proxy";
import { Traefik } from "../../constructs/components/traefik";
import { compose } from "../../constructs/core/component";
import { LayerStack } from "../../constructs/core/layer-stack";
import { stackId } from "../../constructs/core/names";
import { addRule } from "../../constructs/core/rules";
import { ClusterTarget } from "../../constructs/kubernetes/cluster-target";
import { VaultProvider } from "../../constructs/vault";
import type { Cluster } from "../../schema/model";
import { backupTarget, centralBackups } from "../backups";
import type { ProgramContext } from "../context";
import { entryPointAddress, exposeHost } from "../exposed-host";
import { identityProvider } from "../identity";
import { provided, step } from "./component-steps";
import { letPeopleIn } from "./people";

/** What stands in `l2-base` of a cluster when its services are applied. */
const BASE = [CertManager, Traefik, ExternalSecrets, CloudnativePg, BarmanCloud, ClickhouseOperator];

/** The identity provider (on the central cluster) and one Portal Gate for each named gate. */
export class ServicesStack extends LayerStack {
  constructor(context: ProgramContext, cluster: Cluster) {
    const id = stackId.services(cluster.name);
    super(context.app, id, context.stackProps(id, { layer: 2, step: 2 }));
    this.after(context.ref(stackId.secrets(cluster.name)));
    if (!cluster.central) this.after(context.ref(stackId.services(context.platform.central)));
    const target = new ClusterTarget(this, cluster.name, context.ref(stackId.cluster(cluster.name)));
    const address = entryPointAddress(this, context, cluster.name, "edge");
    new CloudflareProvider(this, "cloudflare");
    const vault = context.vaultAddress(cluster);
    const identityHost = context.internalHost("sso");
    const identity = identityProvider(context.platform);
    const backups = centralBackups(context.platform);
    const { headlamp, grafana } = cluster.components;
    const { internal } = context.platform.domains;
    // A cluster of its own belongs to its environment, and so does what stands on it.
    const environment = cluster.dedicatedTo;
    const exposed = { cluster, target, entryPoint: "edge" as const };
    const { findings } = compose(
      [
        ...(cluster.central
          ? step(cluster, target, Casdoor, (props) => {
              const casdoor = new Casdoor(this, "casdoor", {
                ...props,
                cluster: cluster.name,
                vault,
                host: identityHost,
                backup: backups && backupTarget(context.platform.organisation, backups),
              });
              const reached = exposeHost(this, context, { ...exposed, ...casdoor.exposure }, address);
              letPeopleIn(this, context, new VaultProvider(this, "vault"), [...casdoor.ready, ...reached]);
              return casdoor;
            })
          : []),
        ...Object.entries(cluster.gates).flatMap(([gate, { groups }]) =>
          step(
            cluster,
            target,
            Oauth2Proxy,
            (props) =>
              new Oauth2Proxy(this, `gate-${gate}`, {
                ...props,
                cluster: cluster.name,
                vault,
                gate,
                groups,
                identity,
                environment,
              }),
          ),
        ),
        ...(headlamp === false
          ? []
          : step(cluster, target, Headlamp, (props) => {
              const host = headlampHost(cluster.name, internal);
              const component = new Headlamp(this, "headlamp", { ...props, host, gate: headlamp.gate });
              const gates = portalGates(cluster.name, Object.keys(cluster.gates), identity);
              exposeHost(this, context, { ...exposed, ...component.exposure, gates, environment }, address);
              return component;
            })),
        ...(grafana === false
          ? []
          : step(cluster, target, Grafana, (props) => {
              const component = new Grafana(this, "grafana", {
                ...props,
                cluster: cluster.name,
                host: grafanaHost(cluster.name, internal),
                groups: grafana.groups,
                identity,
                environment,
                vault,
              });
              exposeHost(this, context, { ...exposed, ...component.exposure, environment }, address);
              return component;
            })),
      ],
      // The other clusters reach the central Vault and identity provider over their hosts.
      [...provided(cluster, BASE), "vault", ...(cluster.central ? [] : (["identity"] as const))],
    );
    addRule(this, () => findings);
  }
}
