import type { JsonObject } from "../../core/json";
import { RESTRICTED_CONTAINER, RESTRICTED_POD, resources, spread } from "../shared/values";
import type { HeadlampProps } from "./index";
import { CONTEXT, HEADLAMP, HEADLAMP_PORT } from "./names";

/** User of the image. */
const USER: JsonObject = { runAsUser: 100, runAsGroup: 101 };

export function values({ replicas, placement }: Pick<HeadlampProps, "replicas" | "placement">): JsonObject {
  return {
    fullnameOverride: HEADLAMP,
    replicaCount: replicas,
    podDisruptionBudget: replicas === 1 ? { enabled: false } : { enabled: true, minAvailable: 1 },
    topologySpreadConstraints: spread(replicas, { "app.kubernetes.io/name": "headlamp" }),
    resources: resources("20m", "256Mi"),
    ...placement,
    podSecurityContext: RESTRICTED_POD,
    securityContext: { ...RESTRICTED_CONTAINER, ...RESTRICTED_POD, ...USER, privileged: false },
    // It copies its pages there at start, to write their base path into them.
    volumes: [{ name: "headlamp-tmp", emptyDir: { sizeLimit: "512Mi" } }],
    automountServiceAccountToken: true,
    serviceAccount: { create: true, name: HEADLAMP },
    // The chart would bind it to cluster-admin.
    clusterRoleBinding: { create: false },
    config: {
      inCluster: true,
      inClusterContextName: CONTEXT,
      // Everybody acts as its own service account: the gate and the network policy let nobody else in, and the account
      // may only look. The other way has people paste tokens, which may do more than look.
      unsafeUseServiceAccountToken: true,
      enableHelm: false,
      // Neither those of the image nor those of a folder, and none is downloaded.
      staticPlugins: { enabled: false },
      watchPlugins: false,
      clusterInventory: { enabled: false },
      // The chart would make an empty secret.
      oidc: { secret: { create: false } },
    },
    pluginsManager: { enabled: false },
    service: { type: "ClusterIP", port: HEADLAMP_PORT },
    ingress: { enabled: false },
    httpRoute: { enabled: false },
  };
}
