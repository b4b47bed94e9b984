import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import { declareClient, type IdentityProvider } from "../../core/identity";
import { addRule } from "../../core/rules";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { SecretDelivery, type VaultAddress } from "../../kubernetes/secret-delivery";
import { TenantNamespace } from "../../kubernetes/tenant-namespace";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer } from "../shared/values";
import { TRAEFIK_NAMESPACE } from "../traefik";
import { ENTRY_POINT_PORTS } from "../traefik/entry-points";
import { Valkey } from "../valkey";
import { gateNamespace, SESSIONS } from "./names";
import { gateClient, gateDeliveries, SESSION_PASSWORD } from "./secrets";
import { values } from "./values";
import known from "./values.generated.json";

export { gateClientId, gateNamespace, portalGate, portalGates } from "./names";
export { gateSecrets } from "./secrets";

export interface Oauth2ProxyProps extends ComponentProps {
  /** Name of the cluster whose gate this is. */
  readonly cluster: string;
  /** Name of the gate; a gated route names it. */
  readonly gate: string;
  /** Groups of the identity provider whose members may pass, at least one. */
  readonly groups: readonly string[];
  readonly identity: IdentityProvider;
  /** Environment whose own cluster this is. @default - a cluster of the platform */
  readonly environment?: string;
  readonly vault: VaultAddress;
}

const DEFAULTS = {
  // renovate: datasource=helm depName=oauth2-proxy registryUrl=https://oauth2-proxy.github.io/manifests
  chart: "oauth2-proxy",
  repository: "https://oauth2-proxy.github.io/manifests",
  version: "10.7.0",
} as const satisfies Omit<ComponentDefaults, "namespace">;

/**
 * A Portal Gate: a proxy that asks the identity provider who someone is and lets the members of its groups pass, with a
 * session store of its own. What it guards reaches it through Traefik's ForwardAuth (`constructs/access/portal-gate`);
 * its login is served on each guarded host, so it has no host of its own.
 *
 * The chart has no CRDs.
 *
 * @see https://oauth2-proxy.github.io/oauth2-proxy/
 */
export class Oauth2Proxy extends Component {
  static readonly NAME = "oauth2-proxy";
  static readonly PROVIDES: readonly Capability[] = ["gate"];
  static readonly REQUIRES: readonly Capability[] = ["identity", "secret-delivery", "ingress", "issuers"];
  readonly namespace: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: Oauth2ProxyProps) {
    super(scope, id);
    const { target, gate } = props;
    this.namespace = gateNamespace(gate);
    const entryPoints = Object.values(ENTRY_POINT_PORTS);
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: this.namespace,
      traffic: [
        { from: "namespace", namespace: TRAEFIK_NAMESPACE, ports: [4180] },
        { within: "namespace" },
        { to: "internet", ports: [443], why: "the identity provider is reached over its host" },
        // A host of this cluster's own load balancer never leaves the cluster.
        { to: "namespace", namespace: TRAEFIK_NAMESPACE, ports: entryPoints },
      ],
    });
    const facts = declareClient(this, gateClient(props));
    const secrets = new SecretDelivery(this, "secrets", {
      target,
      namespace: namespace.name,
      vault: props.vault,
      secrets: gateDeliveries(props.cluster, gate),
      dependsOn: [namespace.ready, ...(props.dependsOn ?? [])],
    });
    const sessions = new Valkey(this, "sessions", {
      target,
      placement: props.placement,
      protection: "delete",
      release: SESSIONS,
      namespace: namespace.name,
      usersSecret: SESSION_PASSWORD,
      users: { default: { permissions: "~* &* +@all -@admin -@dangerous" } },
      memory: "128Mi",
      waiting: { until: "submitted", reason: "its password comes from Vault, which its owner opens and fills" },
      dependsOn: [secrets.ready],
    });
    const chart = new PinnedChart(this, "chart", {
      target,
      release: "oauth2-proxy",
      namespace: namespace.name,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(values(props, facts), props.values),
      known,
      waiting: {
        until: "submitted",
        reason: "the proxy starts when the identity provider answers under its public host, and with its client",
      },
      dependsOn: sessions.ready,
    });
    this.ready = [chart.resource];
    addRule(this, () =>
      props.groups.length > 0
        ? []
        : [{ problem: `gate ${gate} names no group`, fix: "Name the groups whose members may pass, at least one." }],
    );
  }
}
