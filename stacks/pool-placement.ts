import { type PodPlacement, placementIn } from "../constructs/kubernetes/placement";
import type { Cluster } from "../schema/model";
import { NODE_TYPE } from "../schema/pools";

/** Pools that are there for a purpose: the platform's own components, stores that live in memory, stores on disk. */
export type PurposePool = "general-restricted" | "memory" | "storage";

/** What puts pods into such a pool; nothing on a cluster that does not have it. */
export function poolPlacement(cluster: Cluster, name: PurposePool): PodPlacement | undefined {
  const pool = cluster.nodePools.find((candidate) => candidate.name === name);
  return pool && placementIn(pool, NODE_TYPE);
}
