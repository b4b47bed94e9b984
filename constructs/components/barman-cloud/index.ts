import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import type { JsonObject } from "../../core/json";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { CLOUDNATIVE_PG_NAMESPACE } from "../cloudnative-pg";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer, RESTRICTED_CONTAINER, RESTRICTED_POD, resources } from "../shared/values";
import known from "./values.generated.json";

export { type IObjectStore, ObjectStore } from "./model/object-store.generated";
export { BARMAN_CLOUD_PLUGIN } from "./names";

export interface BarmanCloudProps extends ComponentProps {}

const DEFAULTS = {
  // renovate: datasource=helm depName=plugin-barman-cloud registryUrl=https://cloudnative-pg.github.io/charts
  chart: "plugin-barman-cloud",
  repository: "https://cloudnative-pg.github.io/charts",
  version: "0.7.0",
  // The operator looks for its plugins where it runs itself.
  namespace: CLOUDNATIVE_PG_NAMESPACE,
} as const satisfies ComponentDefaults;

/**
 * Barman Cloud as a plugin of CloudNativePG: base backups and the write-ahead log of PostgreSQL clusters in an object
 * store, and recovery from there. The work is done by a container that it puts beside each instance; the component
 * itself only tells the operator how.
 *
 * It stands in the operator's namespace, which admits the operator's calls. Its CRD is a template of the chart, marked
 * to be kept. Both sides of those calls have certificates that cert-manager issues within the cluster.
 *
 * @see https://cloudnative-pg.io/plugin-barman-cloud/docs/intro/
 */
export class BarmanCloud extends Component {
  static readonly NAME = "barman-cloud";
  static readonly PROVIDES: readonly Capability[] = ["postgresql-backup"];
  static readonly REQUIRES: readonly Capability[] = ["certificates", "postgresql-operator"];
  readonly namespace = DEFAULTS.namespace;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: BarmanCloudProps) {
    super(scope, id);
    const chart = new PinnedChart(this, "chart", {
      target: props.target,
      release: "plugin-barman-cloud",
      namespace: this.namespace,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(values(props), props.values),
      known,
      waiting: {
        until: "workloads",
        atomic: true,
        timeoutSeconds: 300,
        reason: "clusters with backups are not reconciled without it; its certificates are issued within the cluster",
      },
      dependsOn: props.dependsOn,
    });
    this.ready = [chart.resource];
  }
}

function values({ placement }: BarmanCloudProps): JsonObject {
  return {
    crds: { create: true },
    // Only the leader listens, so a second pod would never become ready; the chart replaces the one it has.
    replicaCount: 1,
    // The chart asks for `debug` before these: the last one counts.
    additionalArgs: ["--log-level=info"],
    podSecurityContext: RESTRICTED_POD,
    // The user and group of the plugin's image.
    containerSecurityContext: {
      ...RESTRICTED_CONTAINER,
      runAsUser: 10001,
      runAsGroup: 10001,
      seccompProfile: { type: "RuntimeDefault" },
    },
    resources: resources("20m", "128Mi"),
    ...placement,
  };
}
