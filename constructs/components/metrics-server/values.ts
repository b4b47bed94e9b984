import type { JsonObject } from "../../core/json";
import { INTERNAL_ISSUER } from "../cert-manager";
import { RESTRICTED_CONTAINER, RESTRICTED_POD, resources, spread } from "../shared/values";
import type { MetricsServerProps } from "./index";

export function values({ replicas, placement }: Pick<MetricsServerProps, "replicas" | "placement">): JsonObject {
  // Each of them asks every node, so a third one would only ask more.
  const copies = replicas === 1 ? 1 : 2;
  return {
    fullnameOverride: "metrics-server",
    replicas: copies,
    podDisruptionBudget: copies === 1 ? { enabled: false } : { enabled: true, minAvailable: 1 },
    topologySpreadConstraints: spread(copies, { "app.kubernetes.io/name": "metrics-server" }),
    resources: resources("100m", "200Mi"),
    ...placement,
    podSecurityContext: RESTRICTED_POD,
    securityContext: { ...RESTRICTED_CONTAINER, ...RESTRICTED_POD, runAsUser: 1000, runAsGroup: 1000 },
    defaultArgs: [
      "--cert-dir=/tmp",
      // The address in the private network: the firewall of the public ones is closed, and no name resolves.
      "--kubelet-preferred-address-types=InternalIP",
      "--kubelet-use-node-status-port",
      "--metric-resolution=15s",
    ],
    // Certificates of the kubelets are signed by themselves there, and nothing in the cluster can change that.
    args: ["--kubelet-insecure-tls"],
    // The other side is verified: the API server knows the CA of the certificate that it is answered with.
    tls: {
      type: "cert-manager",
      certManager: {
        addInjectorAnnotations: true,
        existingIssuer: { enabled: true, kind: "ClusterIssuer", name: INTERNAL_ISSUER },
      },
    },
    apiService: { create: true, insecureSkipTLSVerify: false },
  };
}
