import type { JsonObject } from "../../core/json";
import { resources, spread } from "../shared/values";
import { ENTRY_POINTS, entryPointPort, entryPointService } from "./entry-points";
import type { TraefikProps } from "./index";

/** The chart's own security contexts are those of Pod Security level `restricted`. */
export function values(
  props: TraefikProps,
  place: { readonly network: string; readonly namespace: string },
): JsonObject {
  const { replicas, target, entryPoints, placement } = props;
  return {
    deployment: { replicas },
    podDisruptionBudget: replicas === 1 ? { enabled: false } : { enabled: true, maxUnavailable: 1 },
    topologySpreadConstraints: spread(replicas, { "app.kubernetes.io/name": "traefik" }),
    resources: resources("100m", "256Mi"),
    ...placement,
    providers: {
      // Routes are IngressRoutes in the namespace of their application; nothing of another namespace can be named.
      kubernetesCRD: { enabled: true, allowCrossNamespace: false, allowExternalNameServices: false },
      kubernetesIngress: { enabled: false },
      kubernetesGateway: { enabled: false },
    },
    ingressClass: { enabled: false },
    gateway: { enabled: false },
    gatewayClass: { enabled: false },
    api: { dashboard: false, insecure: false },
    ingressRoute: { dashboard: { enabled: false } },
    ports: {
      // The chart's own entry points.
      web: null,
      websecure: null,
      ...Object.fromEntries(ENTRY_POINTS.map((name) => [name, entryPointPort(name, entryPoints[name], place)])),
    },
    service: {
      enabled: false,
      additionalServices: Object.fromEntries(
        ENTRY_POINTS.map((name) => [name, entryPointService(name, entryPoints[name], target.cluster)]),
      ),
    },
    tlsOptions: {
      // Traefik takes the option of this name wherever a route names none.
      default: { minVersion: "VersionTLS12", sniStrict: true },
    },
    log: { format: "json", level: "INFO" },
    // Queries may carry tokens.
    accessLog: { enabled: true, format: "json", fields: { queryParameters: { defaultMode: "drop" } } },
    metrics: { prometheus: { entryPoint: "metrics", addRoutersLabels: true } },
    global: { checkNewVersion: false, sendAnonymousUsage: false },
  };
}
