import type { JsonObject } from "../../core/json";
import { restrictedContainer, restrictedPod } from "../restricted-pod";
import { storageClassOf } from "../storage-class";
import { mebibytes, resourcesOf } from "../store";
import type { RedisInstanceProps } from "./index";
import { APPLICATION_PERMISSIONS, DEFAULT_PERMISSIONS } from "./user";

/** User id of the chart's pods. */
export const VALKEY_USER = 1000;

/** Values of the Valkey chart for one application's instance. */
export function values(props: RedisInstanceProps, tag: string): JsonObject {
  return {
    fullnameOverride: props.service,
    image: { tag },
    podSecurityContext: restrictedPod(VALKEY_USER),
    securityContext: restrictedContainer(),
    resources: resourcesOf(props.size),
    initResources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
    readinessProbe: { enabled: true },
    // Two pods can't hold one volume: a rolling update would wait for it for ever.
    deploymentStrategy: "Recreate",
    dataStorage: {
      enabled: true,
      requestedSize: props.size.storage,
      className: props.storageClass ?? storageClassOf(props.protection),
      keepPvc: props.protection === "retain",
    },
    auth: {
      enabled: true,
      usersExistingSecret: props.user.secret.name,
      aclUsers: {
        default: { permissions: DEFAULT_PERMISSIONS },
        [props.user.name]: { permissions: APPLICATION_PERMISSIONS },
      },
    },
    valkeyConfig: configuration(props),
  };
}

/** What queues rely on: nothing is evicted, everything is on disk within a second, expiry is announced. */
function configuration(props: RedisInstanceProps): string {
  const memory = mebibytes(props.size.memory);
  return [
    // The rest is for the copy that a rewrite of the append-only file makes.
    ...(memory === undefined ? [] : [`maxmemory ${Math.floor(memory * 0.75)}mb`]),
    "maxmemory-policy noeviction",
    "appendonly yes",
    "appendfsync everysec",
    'save ""',
    "notify-keyspace-events Ex",
    "",
  ].join("\n");
}
