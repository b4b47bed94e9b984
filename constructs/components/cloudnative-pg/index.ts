import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import type { JsonObject } from "../../core/json";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { TenantNamespace } from "../../kubernetes/tenant-namespace";
import { BARMAN_CLOUD_PODS, BARMAN_CLOUD_PORT } from "../barman-cloud/names";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer, RESTRICTED_CONTAINER, RESTRICTED_POD, resources, spread } from "../shared/values";
import known from "./values.generated.json";

export interface CloudnativePgProps extends ComponentProps {}

const DEFAULTS = {
  // renovate: datasource=helm depName=cloudnative-pg registryUrl=https://cloudnative-pg.github.io/charts
  chart: "cloudnative-pg",
  repository: "https://cloudnative-pg.github.io/charts",
  version: "0.29.0",
  namespace: "cnpg-system",
} as const satisfies ComponentDefaults;

/** Namespace of the operator: what it talks to admits it. */
export const CLOUDNATIVE_PG_NAMESPACE = DEFAULTS.namespace;

/**
 * CloudNativePG: the operator that runs the PostgreSQL clusters of every namespace.
 *
 * Its CRDs are templates of the chart, marked to be kept: they are upgraded with it and stay when it goes. An upgrade of
 * the operator restarts the instances of every cluster, one after the other.
 *
 * @see https://cloudnative-pg.io/documentation/current/
 */
export class CloudnativePg extends Component {
  static readonly NAME = "cloudnative-pg";
  static readonly PROVIDES: readonly Capability[] = ["postgresql-operator"];
  static readonly REQUIRES: readonly Capability[] = [];
  readonly namespace = DEFAULTS.namespace;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: CloudnativePgProps) {
    super(scope, id);
    const { target } = props;
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: this.namespace,
      traffic: [
        { from: "anywhere", ports: [9443], why: "the API server calls the webhook" },
        { to: "api-server" },
        { to: "cluster", why: "the operator asks the instances of every namespace for their state" },
        // Its plugin for backups stands beside it; nobody else calls it.
        { from: "namespace", namespace: this.namespace, ports: [BARMAN_CLOUD_PORT], pods: BARMAN_CLOUD_PODS },
      ],
    });
    const chart = new PinnedChart(this, "chart", {
      target,
      release: "cloudnative-pg",
      namespace: namespace.name,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(values(props), props.values),
      known,
      waiting: {
        until: "workloads",
        atomic: true,
        timeoutSeconds: 300,
        reason: "clusters are refused until the webhook answers",
      },
      dependsOn: [namespace.ready, ...(props.dependsOn ?? [])],
    });
    this.ready = [chart.resource];
  }
}

function values({ replicas, placement }: CloudnativePgProps): JsonObject {
  return {
    crds: { create: true },
    // One leader works, the others stand by.
    replicaCount: replicas,
    config: { clusterWide: true },
    podSecurityContext: RESTRICTED_POD,
    // The user and group of the operator's image.
    containerSecurityContext: {
      ...RESTRICTED_CONTAINER,
      runAsUser: 10001,
      runAsGroup: 10001,
      seccompProfile: { type: "RuntimeDefault" },
    },
    resources: resources("50m", "256Mi"),
    topologySpreadConstraints: spread(replicas, { "app.kubernetes.io/name": "cloudnative-pg" }),
    ...placement,
    monitoring: { podMonitorEnabled: false, grafanaDashboard: { create: false } },
  };
}
