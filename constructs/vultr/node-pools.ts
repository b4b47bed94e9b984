import { KubernetesNodePoolsA } from "@cdktf/provider-vultr/lib/kubernetes-node-pools";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Remembered } from "../core/remembered";
import type { NodePoolSpec } from "./node-pool-spec";

export interface NodePoolsProps {
  readonly clusterId: string;
  /** Pools beyond the cluster's first one. Their order means nothing to Vultr. */
  readonly pools: readonly NodePoolSpec[];
}

/**
 * The pools of a cluster beyond its first one.
 *
 * The provider sends neither plan nor name of a pool after creation: it reports success and shows the same difference
 * for ever. So a pool with another name is another resource, and one with another plan is replaced, the new pool before
 * the old one goes.
 *
 * Pools are created one after the other: when several are created at once the provider can mix up their ids, and one of
 * them ends up untracked.
 *
 * @see https://registry.terraform.io/providers/vultr/vultr/2.32.0/docs/resources/kubernetes_node_pools
 */
export class NodePools extends Construct {
  constructor(scope: Construct, id: string, props: NodePoolsProps) {
    super(scope, id);
    let previous: ITerraformDependable | undefined;
    // By name: a name that is there twice is reported by the cluster's rules.
    for (const [name, pool] of new Map(props.pools.map((pool) => [pool.name, pool]))) {
      const plan = new Remembered(this, `${name}_plan`, { plan: pool.plan }).address;
      previous = new KubernetesNodePoolsA(this, name, {
        clusterId: props.clusterId,
        ...poolArguments(pool),
        dependsOn: previous && [previous],
        lifecycle: {
          createBeforeDestroy: true,
          // The bare address: Terraform refuses the `${}` that cdktf writes around a resource here.
          replaceTriggeredBy: [plan],
          // Vultr scales the pool: its number of nodes is not ours to plan.
          ignoreChanges: pool.autoscaling ? ["node_quantity"] : undefined,
        },
      });
    }
  }
}

/** The arguments of a pool, the same for the inline one and the others. */
export function poolArguments(pool: NodePoolSpec) {
  return {
    label: pool.name,
    plan: pool.plan,
    nodeQuantity: pool.quantity,
    autoScaler: pool.autoscaling !== undefined,
    minNodes: pool.autoscaling?.min,
    maxNodes: pool.autoscaling?.max,
    labels: Object.entries(pool.labels ?? {}).map(([key, value]) => ({ key, value })),
    taints: (pool.taints ?? []).map(({ key, value, effect }) => ({ key, value, effect })),
  };
}
