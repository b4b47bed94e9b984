/** Node pool types of seed 001, and the small pool that every cluster starts with. */
import type { NodePoolSpec, NodeTaint } from "../constructs/vultr/node-pool-spec";

/** Label and taint key that carries the pool's type. */
export const NODE_TYPE = "node-type";

/**
 * Pools that take only what tolerates them: `general-restricted` for the platform's own workloads, the others because
 * their nodes are dear (`memory`, `storage`, `ai`) or may go at any time (`spot`).
 */
const RESERVED_POOLS: ReadonlySet<string> = new Set(["general-restricted", "memory", "storage", "spot", "ai"]);

/** The label every node of a pool has, unless its settings say otherwise. */
export function defaultLabels(pool: string): Readonly<Record<string, string>> {
  return { [NODE_TYPE]: pool };
}

/** The taints of a pool that states none. `general` and `general-public` have none, and neither have pools of your own. */
export function defaultTaints(pool: string): readonly NodeTaint[] {
  return RESERVED_POOLS.has(pool) ? [{ key: NODE_TYPE, value: pool, effect: "NoSchedule" }] : [];
}

/** Nodes that a pool has at least. */
export function fewestNodes(pool: Pick<NodePoolSpec, "quantity" | "autoscaling">): number {
  return pool.autoscaling?.min ?? pool.quantity;
}
