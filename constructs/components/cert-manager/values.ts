import type { JsonObject } from "../../core/json";
import { resources, spread } from "../shared/values";
import type { CertManagerProps } from "./index";

/** The chart's own security contexts are those of Pod Security level `restricted`. */
export function values({ replicas, placement }: Pick<CertManagerProps, "replicas" | "placement">): JsonObject {
  return {
    crds: { enabled: true, keep: true },
    // Leases stand in its own namespace: the default is kube-system, where it would need rights.
    global: { leaderElection: { namespace: "cert-manager" } },
    ...workload(replicas, "controller", resources("20m", "192Mi")),
    ...placement,
    webhook: { ...workload(replicas, "webhook", resources("10m", "64Mi")), ...placement },
    cainjector: { ...workload(replicas, "cainjector", resources("10m", "256Mi")), ...placement },
    startupapicheck: { resources: resources("10m", "64Mi"), ...placement },
    // Proofs are looked up outside the cluster, over HTTPS: DNS inside may answer for the zones itself, and the network
    // policy lets nothing else out.
    dns01RecursiveNameserversOnly: true,
    dns01RecursiveNameservers: "https://1.1.1.1/dns-query,https://1.0.0.1/dns-query",
    // A secret outlives its certificate: a release that is installed again finds its key instead of asking ACME, whose
    // limits count.
    enableCertificateOwnerRef: false,
    prometheus: { enabled: true, servicemonitor: { enabled: false } },
  };
}

function workload(replicas: number, component: string, sized: JsonObject): JsonObject {
  return {
    replicaCount: replicas,
    resources: sized,
    podDisruptionBudget: replicas === 1 ? { enabled: false } : { enabled: true, minAvailable: 1 },
    topologySpreadConstraints: spread(replicas, {
      "app.kubernetes.io/instance": "cert-manager",
      "app.kubernetes.io/component": component,
    }),
  };
}
