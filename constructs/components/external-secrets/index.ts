import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import type { JsonObject } from "../../core/json";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { TenantNamespace } from "../../kubernetes/tenant-namespace";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer, resources, spread } from "../shared/values";
import known from "./values.generated.json";

export interface ExternalSecretsProps extends ComponentProps {}

const DEFAULTS = {
  // renovate: datasource=helm depName=external-secrets registryUrl=https://charts.external-secrets.io
  chart: "external-secrets",
  repository: "https://charts.external-secrets.io",
  version: "2.9.0",
  namespace: "external-secrets",
} as const satisfies ComponentDefaults;

/** Namespace of the operator: what it talks to admits it. */
export const EXTERNAL_SECRETS_NAMESPACE = DEFAULTS.namespace;

/**
 * External Secrets Operator: fills Kubernetes secrets from Vault, one store for each namespace (SecretDelivery). What
 * would act on the whole cluster (cluster stores, pushing secrets) is switched off.
 *
 * Its CRDs are templates of the chart and are upgraded with it. Only the newest minor release gets fixes.
 *
 * @see https://external-secrets.io/latest/
 */
export class ExternalSecrets extends Component {
  static readonly NAME = "external-secrets";
  static readonly PROVIDES: readonly Capability[] = ["secret-delivery"];
  static readonly REQUIRES: readonly Capability[] = [];
  readonly namespace = DEFAULTS.namespace;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ExternalSecretsProps) {
    super(scope, id);
    const { target } = props;
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: this.namespace,
      traffic: [
        { from: "anywhere", ports: [10250], why: "the API server calls the webhook" },
        { to: "api-server" },
        { to: "namespace", namespace: "vault", ports: [8200] },
        { to: "internet", ports: [443], why: "other clusters reach the central Vault over its host" },
      ],
    });
    const chart = new PinnedChart(this, "chart", {
      target,
      release: "external-secrets",
      namespace: namespace.name,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(values(props), props.values),
      known,
      waiting: {
        until: "workloads",
        atomic: true,
        timeoutSeconds: 300,
        reason: "stores are refused until the webhook answers",
      },
      dependsOn: [namespace.ready, ...(props.dependsOn ?? [])],
    });
    this.ready = [chart.resource];
  }
}

/** The chart's own security contexts are those of Pod Security level `restricted`. */
function values({ replicas, placement }: ExternalSecretsProps): JsonObject {
  return {
    installCRDs: true,
    // A CRD that goes takes its objects along, and with them every secret they own.
    crds: { annotations: { "helm.sh/resource-policy": "keep" } },
    leaderElect: replicas > 1,
    // A token of a namespace's reader is all that a store needs.
    processClusterStore: false,
    processClusterExternalSecret: false,
    processClusterGenerator: false,
    processClusterPushSecret: false,
    processPushSecret: false,
    livenessProbe: { enabled: true },
    readinessProbe: { enabled: true },
    ...workload(replicas, "external-secrets", resources("20m", "192Mi")),
    ...placement,
    webhook: { ...workload(replicas, "external-secrets-webhook", resources("10m", "64Mi")), ...placement },
    certController: {
      ...workload(replicas, "external-secrets-cert-controller", resources("10m", "128Mi")),
      ...placement,
    },
  };
}

function workload(replicas: number, name: string, sized: JsonObject): JsonObject {
  return {
    replicaCount: replicas,
    resources: sized,
    podDisruptionBudget: replicas === 1 ? { enabled: false } : { enabled: true, minAvailable: 1 },
    topologySpreadConstraints: spread(replicas, { "app.kubernetes.io/name": name }),
  };
}
