import { isJsonObject, type Json, type JsonObject } from "../../core/json";

/** Chart values with others laid over them: maps are merged, everything else is replaced. */
export function layer(base: JsonObject, over: JsonObject | undefined): JsonObject {
  if (over === undefined) return base;
  const merged: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const own = merged[key];
    merged[key] = isJsonObject(own) && isJsonObject(value) ? layer(own, value) : value;
  }
  return merged;
}

/** Pod settings that Pod Security level `restricted` asks for. */
export const RESTRICTED_POD: JsonObject = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };

/** Container settings that Pod Security level `restricted` asks for, and a root file system that nobody writes to. */
export const RESTRICTED_CONTAINER: JsonObject = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/**
 * Memory guaranteed and bounded, CPU guaranteed only: a controller that is throttled misses its leases and its probes.
 *
 * @param cpu - CPU request
 * @param memory - memory request and limit
 */
export function resources(cpu: string, memory: string): JsonObject {
  return { requests: { cpu, memory }, limits: { memory } };
}

/** Spreads a workload over the nodes where that is possible; one pod has nothing to spread. */
export function spread(replicas: number, labels: JsonObject): JsonObject[] {
  if (replicas === 1) return [];
  return [
    {
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: labels },
    },
  ];
}
