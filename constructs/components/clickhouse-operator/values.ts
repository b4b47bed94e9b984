import type { JsonObject } from "../../core/json";
import { layer, RESTRICTED_CONTAINER, RESTRICTED_POD, resources } from "../shared/values";
import { CREDENTIALS } from "./credentials";
import type { ClickhouseOperatorProps } from "./index";

/** Any user but root: the images of the operator and of kubectl write nothing. */
const NOBODY: JsonObject = { runAsUser: 65534, runAsGroup: 65534 };

export function values({ placement }: ClickhouseOperatorProps): JsonObject {
  return {
    fullnameOverride: CREDENTIALS,
    // It has no leader election: two of them would work against each other.
    deployment: { strategy: { type: "Recreate" } },
    crdHook: {
      enabled: true,
      // The chart's default is `bitnami/kubectl:latest`. The hook's script needs a shell, which registry.k8s.io/kubectl
      // does not have.
      // renovate: datasource=docker depName=alpine/kubectl
      image: { repository: "docker.io/alpine/kubectl", tag: "1.34.2" },
      containerSecurityContext: { ...layer(RESTRICTED_CONTAINER, RESTRICTED_POD), ...NOBODY },
      resources: resources("20m", "128Mi"),
      ...placement,
    },
    operator: {
      containerSecurityContext: { ...RESTRICTED_CONTAINER },
      resources: resources("50m", "256Mi"),
      env: [
        // Without it the operator watches its own namespace only (Altinity/clickhouse-operator#1919).
        { name: "WATCH_NAMESPACES", value: "^data-.*$" },
        waitForCredentials(),
      ],
    },
    metrics: {
      enabled: true,
      containerSecurityContext: { ...RESTRICTED_CONTAINER },
      resources: resources("10m", "128Mi"),
      env: [waitForCredentials()],
    },
    podSecurityContext: { ...RESTRICTED_POD, ...NOBODY },
    ...placement,
    secret: { create: false },
    rbac: { create: true, namespaceScoped: false },
    serviceMonitor: { enabled: false },
    dashboards: { enabled: false },
  };
}

/** The operator reads the secret once, when it starts, and goes on without it: a pod that refers to it waits. */
function waitForCredentials(): JsonObject {
  return { name: "CREDENTIALS_USER", valueFrom: { secretKeyRef: { name: CREDENTIALS, key: "username" } } };
}
