import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { TenantNamespace } from "../../kubernetes/tenant-namespace";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer } from "../shared/values";
import { credentials } from "./credentials";
import { values } from "./values";
import known from "./values.generated.json";

export { ClickHouseInstallation, type IClickHouseInstallation } from "./model/clickhouse-installation.generated";

export interface ClickhouseOperatorProps extends ComponentProps {}

const DEFAULTS = {
  // renovate: datasource=helm depName=altinity-clickhouse-operator registryUrl=https://helm.altinity.com
  chart: "altinity-clickhouse-operator",
  repository: "https://helm.altinity.com",
  version: "0.27.1",
  namespace: "clickhouse-operator",
} as const satisfies ComponentDefaults;

/** Namespace of the operator: what it talks to admits it. */
export const CLICKHOUSE_OPERATOR_NAMESPACE = DEFAULTS.namespace;

/**
 * Altinity's operator: runs the ClickHouse installations of the data namespaces.
 *
 * Its CRDs are applied by a hook Job of the chart, server-side, before every install and upgrade. The password with
 * which it logs in to the servers is made up in the cluster: the chart's own default is public.
 *
 * @see https://docs.altinity.com/altinitykubernetesoperator/
 */
export class ClickhouseOperator extends Component {
  static readonly NAME = "clickhouse-operator";
  static readonly PROVIDES: readonly Capability[] = ["clickhouse-operator"];
  static readonly REQUIRES: readonly Capability[] = ["secret-delivery"];
  readonly namespace = DEFAULTS.namespace;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ClickhouseOperatorProps) {
    super(scope, id);
    const { target } = props;
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: this.namespace,
      traffic: [
        { to: "api-server" },
        { to: "cluster", why: "the operator changes the schema of the installations of every data namespace" },
      ],
    });
    const password = new ManifestSet(this, "credentials", {
      target,
      release: "credentials",
      namespace: namespace.name,
      manifests: credentials(namespace.name),
      waiting: { until: "submitted", reason: "the operator's pod waits for the secret itself" },
      dependsOn: [namespace.ready, ...(props.dependsOn ?? [])],
    });
    const chart = new PinnedChart(this, "chart", {
      target,
      release: "clickhouse-operator",
      namespace: namespace.name,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(values(props), props.values),
      known,
      waiting: {
        until: "workloads",
        atomic: true,
        timeoutSeconds: 600,
        reason:
          "an installation without its operator would stay as it is; the hook that applies the CRDs pulls an image",
      },
      dependsOn: [password.ready],
    });
    this.ready = [chart.resource];
  }
}
