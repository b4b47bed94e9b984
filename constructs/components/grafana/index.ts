import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { SignOn } from "../../access/sign-on";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import { declareClient, type IdentityProvider } from "../../core/identity";
import { addRule, type Finding } from "../../core/rules";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { SecretDelivery, type VaultAddress } from "../../kubernetes/secret-delivery";
import { TenantNamespace } from "../../kubernetes/tenant-namespace";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer } from "../shared/values";
import { TRAEFIK_NAMESPACE } from "../traefik";
import { ENTRY_POINT_PORTS } from "../traefik/entry-points";
import { GRAFANA, GRAFANA_NAMESPACE, GRAFANA_POD_PORT, grafanaClientId } from "./names";
import { GRAFANA_ROLES, type GrafanaGroups } from "./roles";
import { routes } from "./routes";
import { grafanaClient, grafanaDeliveries } from "./secrets";
import { values } from "./values";
import known from "./values.generated.json";

export { GRAFANA_NAMESPACE, grafanaClientId, grafanaHost } from "./names";
export { GRAFANA_ROLES, type GrafanaGroups, type GrafanaRole } from "./roles";
export { grafanaSecrets } from "./secrets";

export interface GrafanaProps extends ComponentProps {
  /** Name of the cluster; its secrets stand below it in Vault. */
  readonly cluster: string;
  /** Its host; see {@link grafanaHost}. */
  readonly host: string;
  /** Who may sign on, and as what; at least one group. */
  readonly groups: GrafanaGroups;
  readonly identity: IdentityProvider;
  /** Environment whose own cluster this is. @default - a cluster of the platform */
  readonly environment?: string;
  readonly vault: VaultAddress;
}

const DEFAULTS = {
  // renovate: datasource=helm depName=grafana registryUrl=https://grafana-community.github.io/helm-charts
  chart: "grafana",
  repository: "https://grafana-community.github.io/helm-charts",
  version: "12.11.1",
  namespace: GRAFANA_NAMESPACE,
} as const satisfies ComponentDefaults;

/**
 * Grafana, which signs people on itself as a client of the identity provider: no gate stands before it. A group of the
 * provider says what somebody may do, and who is in none of them may not come in.
 *
 * Dashboards and accounts are in an SQLite file on a volume of its own, so there is one pod, and it is away for a moment
 * while it is replaced. Nothing depends on it, and a second PostgreSQL would cost more than that moment. The volume is in
 * no backup: what has to survive belongs into files (`dashboards` of the chart's values).
 *
 * The chart has no CRDs. Its secrets are read when it starts: after a rotation its pod has to be restarted.
 *
 * @see https://grafana.com/docs/grafana/latest/
 */
export class Grafana extends Component {
  static readonly NAME = "grafana";
  static readonly PROVIDES: readonly Capability[] = [];
  static readonly REQUIRES: readonly Capability[] = ["identity", "secret-delivery", "ingress", "issuers"];
  readonly namespace = DEFAULTS.namespace;
  readonly ready: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: GrafanaProps,
  ) {
    super(scope, id);
    const { target, cluster } = props;
    const facts = declareClient(this, grafanaClient({ ...props, provider: props.identity }));
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: this.namespace,
      protection: props.protection,
      traffic: [
        { from: "namespace", namespace: TRAEFIK_NAMESPACE, ports: [GRAFANA_POD_PORT] },
        { to: "internet", ports: [443], why: "the identity provider is reached over its host" },
        // A host of this cluster's own load balancer never leaves the cluster.
        { to: "namespace", namespace: TRAEFIK_NAMESPACE, ports: Object.values(ENTRY_POINT_PORTS) },
      ],
    });
    const secrets = new SecretDelivery(this, "secrets", {
      target,
      namespace: namespace.name,
      vault: props.vault,
      secrets: grafanaDeliveries(cluster),
      dependsOn: [namespace.ready, ...(props.dependsOn ?? [])],
    });
    const chart = new PinnedChart(this, "chart", {
      target,
      release: GRAFANA,
      namespace: namespace.name,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(values(props, facts), props.values),
      known,
      waiting: { until: "submitted", reason: "its secrets come from Vault, and nothing waits for it" },
      dependsOn: [secrets.ready],
    });
    this.ready = [chart.resource];
    addRule(this, () => checkGroups(props.groups));
  }

  /** Its host. It is public, because Grafana asks everybody who he is. */
  get exposure() {
    const { host, cluster } = this.props;
    const signOn: SignOn = { kind: "native", client: grafanaClientId(cluster) };
    return { name: "grafana-host", namespace: this.namespace, host, signOn, routes: routes(), dependsOn: this.ready };
  }
}

function checkGroups(groups: GrafanaGroups): Finding[] {
  const entries = Object.entries(groups);
  if (entries.length === 0) {
    return [{ problem: "Grafana names no group", fix: "Name the groups whose members may sign on, at least one." }];
  }
  // The types allow no other; who writes JavaScript is told here.
  return entries
    .filter(([, role]) => !GRAFANA_ROLES.includes(role))
    .map(([group, role]) => ({
      problem: `group ${group} has a role that Grafana does not know`,
      value: String(role),
      fix: `Use one of ${GRAFANA_ROLES.join(", ")}.`,
    }));
}
