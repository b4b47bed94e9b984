import { DataKubernetesServiceV1 } from "@cdktf/provider-kubernetes/lib/data-kubernetes-service-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { TenantNamespace } from "../../kubernetes/tenant-namespace";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer } from "../shared/values";
import { ENTRY_POINT_PORTS, type EntryPointName, type EntryPointSettings } from "./entry-points";
import { sourcesObjects } from "./sources";
import { values } from "./values";
import known from "./values.generated.json";

export { ENTRY_POINT_PORTS, type EntryPointName, type EntryPointSettings } from "./entry-points";

export interface TraefikProps extends ComponentProps {
  readonly entryPoints: Readonly<Record<EntryPointName, EntryPointSettings>>;
  /**
   * Range of the network in which the load balancers stand: who announces clients by PROXY protocol. The narrower, the
   * better: pods must not be in it.
   * @default "10.0.0.0/8"
   */
  readonly networkRange?: string;
}

const DEFAULTS = {
  // renovate: datasource=helm depName=traefik registryUrl=https://traefik.github.io/charts
  chart: "traefik",
  repository: "https://traefik.github.io/charts",
  version: "41.3.0",
  namespace: "traefik",
} as const satisfies ComponentDefaults;

/** Namespace of Traefik: who serves routes admits it. */
export const TRAEFIK_NAMESPACE = DEFAULTS.namespace;

/**
 * Traefik with one load balancer for each entry point. It reads IngressRoutes only, ends TLS 1.2 and newer with the
 * certificates of the routes' own namespaces, and shows no dashboard.
 *
 * Its CRDs stand in the chart's `crds` folder, which Helm installs once and never upgrades. When a new chart brings new
 * ones, apply them first: `kubectl apply --server-side --force-conflicts -f <chart>/crds/`.
 *
 * @see https://doc.traefik.io/traefik/
 */
export class Traefik extends Component {
  static readonly NAME = "traefik";
  static readonly PROVIDES: readonly Capability[] = ["ingress"];
  static readonly REQUIRES: readonly Capability[] = [];
  readonly namespace = DEFAULTS.namespace;
  readonly ready: readonly ITerraformDependable[];
  /** Public address of each entry point's load balancer. */
  readonly addresses: Readonly<Record<EntryPointName, string>>;

  constructor(scope: Construct, id: string, props: TraefikProps) {
    super(scope, id);
    const { target } = props;
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: this.namespace,
      traffic: [
        { from: "anywhere", ports: Object.values(ENTRY_POINT_PORTS), why: "the load balancers" },
        { to: "api-server" },
        { to: "cluster", why: "applications serve their routes in namespaces and on ports of their own" },
      ],
    });
    const chart = new PinnedChart(this, "chart", {
      target,
      release: "traefik",
      namespace: namespace.name,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(
        values(props, { network: props.networkRange ?? "10.0.0.0/8", namespace: this.namespace }),
        props.values,
      ),
      known,
      waiting: {
        until: "workloads",
        // A rollback would give up load balancers, and with them addresses that DNS records name.
        atomic: false,
        timeoutSeconds: 900,
        reason: "the load balancers' addresses are read after it; Vultr takes minutes to make one",
      },
      dependsOn: [namespace.ready, ...(props.dependsOn ?? [])],
    });
    const address = (name: EntryPointName) =>
      new DataKubernetesServiceV1(this, `${name}-service`, {
        provider: target.kubernetes,
        metadata: { name: serviceName(name), namespace: this.namespace },
        dependsOn: [chart.resource],
      }).status
        .get(0)
        .loadBalancer.get(0)
        .ingress.get(0).ip;
    this.addresses = { edge: address("edge"), machine: address("machine") };
    this.ready = [chart.resource, ...this.admit(props, chart.resource)];
  }

  /** Who may use the entry points. Until it stands, they serve nobody. */
  private admit({ target, entryPoints }: TraefikProps, chart: ITerraformDependable): ITerraformDependable[] {
    const manifests = sourcesObjects(entryPoints, this.namespace);
    if (manifests.length === 0) return [];
    return [
      new ManifestSet(this, "sources", {
        target,
        release: "traefik-sources",
        namespace: this.namespace,
        manifests,
        waiting: { until: "submitted", reason: "nothing of it starts" },
        dependsOn: [chart],
      }).ready,
    ];
  }
}

/** The chart names an additional Service after the release and the entry point. */
function serviceName(name: EntryPointName): string {
  return `traefik-${name}`;
}
