import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import { declareBootstrapSecret } from "../../core/secrets";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { TenantNamespace } from "../../kubernetes/tenant-namespace";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer } from "../shared/values";
import { DNS_TOKEN, issuers } from "./issuers";
import { values } from "./values";
import known from "./values.generated.json";

export { INTERNAL_ISSUER, LETSENCRYPT_ISSUER } from "./issuers";

export interface CertManagerProps extends ComponentProps {
  /** Address of the ACME account: it receives expiry notices. */
  readonly email: string;
  /** Cloudflare zones in which certificates are proven by DNS records. */
  readonly zones: readonly string[];
  /** Directory of the ACME server. @default - Let's Encrypt's production server */
  readonly acmeServer?: string;
}

const DEFAULTS = {
  // renovate: datasource=helm depName=cert-manager registryUrl=https://charts.jetstack.io
  chart: "cert-manager",
  repository: "https://charts.jetstack.io",
  version: "v1.21.1",
  namespace: "cert-manager",
} as const satisfies ComponentDefaults;

/**
 * cert-manager with its issuers: {@link LETSENCRYPT_ISSUER} for hosts, proven by DNS records in Cloudflare, and
 * {@link INTERNAL_ISSUER} for traffic inside the cluster.
 *
 * Its CRDs are templates of the chart: they are upgraded with it and stay when it goes, and with them every certificate.
 *
 * @see https://cert-manager.io/docs/
 */
export class CertManager extends Component {
  static readonly NAME = "cert-manager";
  static readonly PROVIDES: readonly Capability[] = ["certificates", "issuers"];
  static readonly REQUIRES: readonly Capability[] = [];
  readonly namespace = DEFAULTS.namespace;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: CertManagerProps) {
    super(scope, id);
    const { target } = props;
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: this.namespace,
      traffic: [
        { from: "anywhere", ports: [10250], why: "the API server calls the webhook" },
        { within: "namespace" },
        { to: "api-server" },
        { to: "internet", ports: [443], why: "ACME server, Cloudflare's API, DNS over HTTPS" },
      ],
    });
    declareBootstrapSecret(this, { ...DNS_TOKEN, cluster: target.cluster, namespace: this.namespace });
    const chart = new PinnedChart(this, "chart", {
      target,
      release: "cert-manager",
      namespace: namespace.name,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(values(props), props.values),
      known,
      waiting: {
        until: "workloads",
        atomic: true,
        timeoutSeconds: 300,
        reason: "issuers and certificates are refused until the webhook answers",
      },
      dependsOn: [namespace.ready, ...(props.dependsOn ?? [])],
    });
    const objects = new ManifestSet(this, "issuers", {
      target,
      release: "issuers",
      namespace: namespace.name,
      manifests: issuers(props, this.namespace),
      waiting: {
        until: "submitted",
        reason: "an issuer is ready when a person has supplied the token and ACME answers",
      },
      dependsOn: [chart.resource],
    });
    this.ready = [chart.resource, objects.ready];
  }
}
