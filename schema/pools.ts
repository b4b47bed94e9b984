/** Node pool types of seed 001, and the small pool that every cluster starts with. */
import type { NodePoolSpec, NodeTaint } from "../constructs/vultr/node-pool-spec";

/** Label and taint key that carries the pool's type. */
export const NODE_TYPE = "node-type";

/**
 * Pools for what asks for them: seed 001 keeps applications off `general-restricted`, nodes of `spot` and `ai` are the
 * wrong place for anything else. Those of `memory` and `storage` are dear, so others come last, but rather there than
 * nowhere.
 */
const EFFECTS: Readonly<Record<string, NodeTaint["effect"]>> = {
  "general-restricted": "NoSchedule",
  memory: "PreferNoSchedule",
  storage: "PreferNoSchedule",
  spot: "NoSchedule",
  ai: "NoSchedule",
};

/** The label every node of a pool has, unless its settings say otherwise. */
export function defaultLabels(pool: string): Readonly<Record<string, string>> {
  return { [NODE_TYPE]: pool };
}

/** The taints of a pool that states none. `general` and `general-public` have none, and neither have pools of your own. */
export function defaultTaints(pool: string): readonly NodeTaint[] {
  const effect = EFFECTS[pool];
  return effect === undefined ? [] : [{ key: NODE_TYPE, value: pool, effect }];
}

/** Nodes that a pool has at least. */
export function fewestNodes(pool: Pick<NodePoolSpec, "quantity" | "autoscaling">): number {
  return pool.autoscaling?.min ?? pool.quantity;
}
