import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { SignOn } from "../../access/sign-on";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { TenantNamespace } from "../../kubernetes/tenant-namespace";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer } from "../shared/values";
import { TRAEFIK_NAMESPACE } from "../traefik";
import { HEADLAMP, HEADLAMP_NAMESPACE, HEADLAMP_POD_PORT } from "./names";
import { viewer } from "./role";
import { routes } from "./routes";
import { values } from "./values";
import known from "./values.generated.json";

export { HEADLAMP_NAMESPACE, headlampHost } from "./names";

export interface HeadlampProps extends ComponentProps {
  /** Its host; see {@link headlampHost}. */
  readonly host: string;
  /** Name of the cluster's gate that guards it: whoever passes sees what the cluster runs. */
  readonly gate: string;
}

const DEFAULTS = {
  // renovate: datasource=helm depName=headlamp registryUrl=https://kubernetes-sigs.github.io/headlamp
  chart: "headlamp",
  repository: "https://kubernetes-sigs.github.io/headlamp/",
  version: "0.45.0",
  namespace: HEADLAMP_NAMESPACE,
} as const satisfies ComponentDefaults;

/**
 * Headlamp, a view of the cluster for people, behind a Portal Gate. It shows and changes nothing: its service account
 * may read what `role.ts` names, which is no Secret and no log, and may open no connection into a pod.
 *
 * Headlamp itself knows nobody. By default it asks each person for a token of the cluster; here it uses its own service
 * account for all of them, because there is nothing to paste then, and no way to bring a token that may do more. That is
 * safe for as long as nobody reaches it but by the gate: its network policy admits Traefik alone, and its routes have no
 * row that a person could use without the gate. The API server's audit log names the service account; who it was is in
 * the log of the gate.
 *
 * The chart has no CRDs, and its default of `cluster-admin` is switched off.
 *
 * @see https://headlamp.dev/docs/latest/installation/in-cluster/
 */
export class Headlamp extends Component {
  static readonly NAME = "headlamp";
  static readonly PROVIDES: readonly Capability[] = [];
  static readonly REQUIRES: readonly Capability[] = ["gate", "ingress", "issuers"];
  readonly namespace = DEFAULTS.namespace;
  readonly ready: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: HeadlampProps,
  ) {
    super(scope, id);
    const { target } = props;
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: this.namespace,
      traffic: [{ from: "namespace", namespace: TRAEFIK_NAMESPACE, ports: [HEADLAMP_POD_PORT] }, { to: "api-server" }],
    });
    const role = new ManifestSet(this, "role", {
      target,
      release: "headlamp-role",
      namespace: namespace.name,
      manifests: viewer(),
      waiting: { until: "submitted", reason: "a role has nothing to wait for" },
      dependsOn: [namespace.ready, ...(props.dependsOn ?? [])],
    });
    const chart = new PinnedChart(this, "chart", {
      target,
      release: HEADLAMP,
      namespace: namespace.name,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(values(props), props.values),
      known,
      waiting: { until: "workloads", atomic: true, timeoutSeconds: 300, reason: "it needs nothing but the API server" },
      dependsOn: [role.ready],
    });
    this.ready = [chart.resource];
  }

  /** Its host: all of it behind the gate. */
  get exposure() {
    const { host, gate } = this.props;
    const signOn: SignOn = { kind: "gated", gate };
    return {
      name: "headlamp-host",
      namespace: this.namespace,
      host,
      signOn,
      routes: routes(gate),
      dependsOn: this.ready,
    };
  }
}
