import type { V1Pod } from "@kubernetes/client-node";
import type { PoolSpec } from "../../clusters/driver";
import { digestOf } from "../../providers/engine/fill";
import { listAt, poolSpec, resize } from "../../providers/hooks/vultr-pools";
import { textAt } from "../../providers/wire/paths";
import type { Values } from "../../providers/wire/values";
import { World } from "../../providers/world/world";

const POOLS = "vultr_kubernetes_node_pools";

/** The pool of a cluster that may grow and whose nodes would take a pod, with one node more; undefined without one. */
export function poolFor(world: World, clusterId: string, pod: V1Pod): { grow(): PoolSpec } | undefined {
  const region = textAt(world.get(World.key("vultr_kubernetes", "", clusterId))?.values ?? {}, "region");
  const object = world
    .find(POOLS, ({ values }) => values.cluster_id === clusterId && values.auto_scaler === true)
    .find(({ values }) => hasRoom(values) && takes(poolSpec(values, region), pod));
  if (object === undefined) return undefined;
  return {
    grow: () => {
      const values: Values = { ...object.values, node_quantity: BigInt(listAt(object.values, "nodes").length + 1) };
      resize(values, listAt(object.values, "nodes"), digestOf(object.id));
      world.put({ ...object, values });
      return poolSpec(values, region);
    },
  };
}

function hasRoom(values: Values): boolean {
  return listAt(values, "nodes").length < Number(values.max_nodes);
}

/** Whether a node of the pool would take the pod by its labels and taints; its size is the scheduler's to judge. */
function takes({ labels, taints }: PoolSpec, { spec }: V1Pod): boolean {
  const wanted = Object.entries(spec?.nodeSelector ?? {});
  if (!wanted.every(([key, value]) => labels[key] === value)) return false;
  const tolerations = spec?.tolerations ?? [];
  return taints.every((taint) =>
    tolerations.some(
      ({ key, effect, operator, value }) =>
        (key === undefined || key === taint.key) &&
        (effect === undefined || effect === taint.effect) &&
        (operator === "Exists" || value === taint.value),
    ),
  );
}
