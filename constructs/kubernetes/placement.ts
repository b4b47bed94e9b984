import type { NodePoolSpec } from "../vultr/node-pool-spec";

/** Where pods may run, and where they would rather run: settings of a pod, which charts take under the same names. */
export type PodPlacement = {
  readonly tolerations: PodToleration[];
  readonly affinity: { readonly nodeAffinity: NodePreference };
};

type PodToleration = {
  readonly key: string;
  readonly operator: "Equal";
  readonly value: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
};

type NodePreference = {
  readonly preferredDuringSchedulingIgnoredDuringExecution: {
    readonly weight: number;
    readonly preference: {
      readonly matchExpressions: {
        readonly key: string;
        readonly operator: "In" | "Exists";
        readonly values?: string[];
      }[];
    };
  }[];
};

/** A label that every node has. */
const ANY_NODE = "kubernetes.io/os";

/**
 * Pods that may run in a pool and would rather run there: they tolerate exactly its taints. When it is full they run
 * elsewhere.
 *
 * The scheduler scales preferences so that the best node gets all points, whatever the weight: a lone preference would
 * count as much as the wish to keep replicas apart, and all of them could end up on the pool's one node. A second one,
 * which every node meets, leaves half the points to the pool.
 *
 * @param label - key of the label that tells the nodes of pools apart
 */
export function placementIn(pool: Pick<NodePoolSpec, "name" | "labels" | "taints">, label: string): PodPlacement {
  const nodes = { key: label, operator: "In" as const, values: [pool.labels?.[label] ?? pool.name] };
  return {
    tolerations: (pool.taints ?? []).map(({ key, value, effect }) => ({ key, operator: "Equal", value, effect })),
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 50, preference: { matchExpressions: [nodes] } },
          { weight: 50, preference: { matchExpressions: [{ key: ANY_NODE, operator: "Exists" }] } },
        ],
      },
    },
  };
}
