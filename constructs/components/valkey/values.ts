import type { JsonObject } from "../../core/json";
import { RESTRICTED_CONTAINER, RESTRICTED_POD, resources } from "../shared/values";
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
    valkeyConfig: config(props),
    dataStorage: storage(props),
    readinessProbe: { enabled: true },
    metrics: { enabled: false },
  };
}

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

/**
 * Sessions and queues must not be evicted: a full server refuses writes instead. Without a limit of its own it would
 * be killed first.
 */
function config(props: ValkeyProps): string {
  const lines: Record<string, string> = {
    "maxmemory-policy": "noeviction",
    maxmemory: maxmemory(props.memory),
    ...(props.storage === undefined ? { save: '""', appendonly: "no" } : { appendonly: "yes" }),
    ...props.config,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name} ${value}\n`)
    .join("");
}

const MEBIBYTES: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024 };

/** Three quarters of the pod's memory: rewriting the log copies what changes meanwhile. */
function maxmemory(memory: string): string {
  const match = /^(\d+(?:\.\d+)?)(Mi|Gi)$/.exec(memory);
  const factor = MEBIBYTES[match?.[2] ?? ""];
  return match === null || factor === undefined ? "0" : `${Math.floor(Number(match[1]) * factor * 0.75)}mb`;
}
