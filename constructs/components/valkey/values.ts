import type { JsonObject } from "../../core/json";
import { RESTRICTED_CONTAINER, RESTRICTED_POD, resources } from "../shared/values";
import { serverConfiguration } from "./configuration";
import type { ValkeyProps } from "./index";

/** User and group of the chart's pods; the volume belongs to them. */
const USER = 1000;

export function values(props: ValkeyProps): JsonObject {
  const sized = resources(props.cpu ?? "50m", props.memory);
  return {
    // The Service takes the full name; the chart's own would add `-valkey` to it.
    fullnameOverride: props.release,
    replica: { enabled: false },
    // A volume is mounted once: a second pod beside the first would wait for it forever.
    deploymentStrategy: "Recreate",
    serviceAccount: { automount: false },
    podSecurityContext: { ...RESTRICTED_POD, runAsUser: USER, runAsGroup: USER, fsGroup: USER },
    securityContext: { ...RESTRICTED_CONTAINER, runAsNonRoot: true, runAsUser: USER },
    resources: sized,
    initResources: sized,
    ...props.placement,
    auth: { enabled: true, usersExistingSecret: props.usersSecret, aclUsers: users(props) },
    valkeyConfig: serverConfiguration({
      memory: props.memory,
      stored: props.storage !== undefined,
      lines: props.config,
    }),
    dataStorage: storage(props),
    startupProbe: { enabled: true, timeoutSeconds: 5, failureThreshold: 30 },
    // Any answer will do, also that the log is still being read: a restart would begin with it again.
    livenessProbe: { enabled: true, timeoutSeconds: 5, failureThreshold: 6 },
    readinessProbe: { enabled: true, customProbe: READINESS },
    metrics: { enabled: false },
  };
}

/**
 * The chart's own command succeeds with every answer, also while the log is being read. A default user with a password
 * answers `NOAUTH`.
 */
const READINESS: JsonObject = {
  exec: { command: ["/bin/sh", "-c", "valkey-cli ping | grep -Eq '^(PONG|NOAUTH)'"] },
  timeoutSeconds: 5,
};

/** No password among the values: the chart reads each from the secret. */
function users(props: ValkeyProps): JsonObject {
  return Object.fromEntries(
    Object.entries(props.users).map(([name, { permissions, passwordKey }]) => [
      name,
      { permissions, passwordKey: passwordKey ?? name },
    ]),
  );
}

function storage({ storage: volume, protection }: ValkeyProps): JsonObject {
  if (volume === undefined) return { enabled: false };
  return {
    enabled: true,
    requestedSize: volume.size,
    className: volume.storageClass,
    keepPvc: protection === "retain",
  };
}
