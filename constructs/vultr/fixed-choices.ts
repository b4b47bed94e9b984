import { Fn, Op, type TerraformResourceLifecycle, TerraformSelf, Token } from "cdktf";
import type { KubernetesClusterProps } from "./kubernetes-cluster";
import type { NodePoolSpec } from "./node-pool-spec";

/**
 * How a cluster treats what can't be changed after its creation.
 *
 * - `vpc_id` and `enable_firewall` are not read back, so an imported cluster would be planned for replacement.
 * - Plan and label of the first pool are never sent again: their difference would show in every plan.
 * - Vultr changes the number of nodes of an autoscaled pool.
 *
 * These are ignored; and since ignoring alone would swallow a change without a word, a plan that asks for one fails
 * with a message that says what to do. What the state does not hold (after an import) passes.
 */
export function fixedChoices(
  { vpcId, firewall }: Pick<KubernetesClusterProps, "vpcId" | "firewall">,
  first: NodePoolSpec,
): TerraformResourceLifecycle {
  const self = (attribute: string) => TerraformSelf.getString(attribute);
  const pool = (attribute: string) => Fn.lookupNested(Fn.element(self("node_pools"), 0), [attribute]);
  return {
    ignoreChanges: [
      "vpc_id",
      "enable_firewall",
      "node_pools[0].label",
      "node_pools[0].plan",
      ...(first.autoscaling ? ["node_pools[0].node_quantity"] : []),
    ],
    postcondition: [
      same(self("vpc_id"), vpcId, "A cluster can't move to another VPC: create a new cluster."),
      same(
        self("enable_firewall"),
        String(firewall),
        "A cluster's firewall is chosen at its creation: create a new cluster.",
      ),
      same(pool("label"), first.name, FIRST_POOL),
      same(pool("plan"), first.plan, FIRST_POOL),
    ],
  };
}

const FIRST_POOL =
  "The first node pool stays as it was created: Vultr changes neither its name nor its plan. Add a pool with the new plan behind it.";

/** Holds when the state has the wanted value, or none. */
function same(actual: unknown, wanted: string, errorMessage: string) {
  return { condition: Token.asString(Op.eq(Fn.coalesce([actual, wanted]), wanted)), errorMessage };
}
