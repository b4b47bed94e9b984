import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { TenantNamespace } from "../../kubernetes/tenant-namespace";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer } from "../shared/values";
import { values } from "./values";
import known from "./values.generated.json";

export interface MetricsServerProps extends ComponentProps {
  /** Range of the cluster's network, in CIDR notation: the nodes' own addresses are in it. */
  readonly networkRange: string;
}

const DEFAULTS = {
  // renovate: datasource=helm depName=metrics-server registryUrl=https://kubernetes-sigs.github.io/metrics-server
  chart: "metrics-server",
  repository: "https://kubernetes-sigs.github.io/metrics-server/",
  version: "3.13.1",
  namespace: "metrics-server",
} as const satisfies ComponentDefaults;

/** Port of its pods, and of the kubelets that it asks. */
const PORT = 10250;

/**
 * Metrics server: what pods and nodes use now, for the autoscalers of pods and for `kubectl top`. Vultr's clusters come
 * without one.
 *
 * The kubelets of Vultr's clusters have certificates that they signed themselves, so metrics server can't tell a kubelet
 * from something else at its address. What it would give away is a token that reads measurements and no more, and its
 * network policy lets it ask only within the cluster's own network. The API server does verify metrics server.
 *
 * The chart has no CRDs.
 *
 * @see https://docs.vultr.com/how-to-deploy-metrics-server-on-vultr-kubernetes-engine
 * @see https://github.com/kubernetes-sigs/metrics-server#requirements
 */
export class MetricsServer extends Component {
  static readonly NAME = "metrics-server";
  static readonly PROVIDES: readonly Capability[] = ["metrics"];
  static readonly REQUIRES: readonly Capability[] = ["issuers"];
  readonly namespace = DEFAULTS.namespace;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: MetricsServerProps) {
    super(scope, id);
    const { target } = props;
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: this.namespace,
      traffic: [
        { from: "anywhere", ports: [PORT], why: "the API server passes questions for measurements on to it" },
        { to: "api-server" },
      ],
    });
    const kubelets = new NetworkPolicyV1(this, "kubelets", {
      provider: target.kubernetes,
      metadata: { name: "kubelets", namespace: namespace.name },
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          {
            to: [{ ipBlock: { cidr: props.networkRange } }],
            ports: [{ protocol: "TCP", port: String(PORT) }],
          },
        ],
      },
      dependsOn: [namespace.ready],
    });
    const chart = new PinnedChart(this, "chart", {
      target,
      release: "metrics-server",
      namespace: namespace.name,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(values(props), props.values),
      known,
      waiting: {
        until: "workloads",
        atomic: true,
        timeoutSeconds: 300,
        reason: "it is ready when a kubelet has answered: autoscalers would stand still without a word",
      },
      dependsOn: [namespace.ready, kubelets, ...(props.dependsOn ?? [])],
    });
    this.ready = [chart.resource];
  }
}
