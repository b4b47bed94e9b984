/** Node pools: a profile's, with what a cluster says otherwise. */
import type { NodePoolSpec } from "../../constructs/vultr/node-pool-spec";
import type { ClusterSettings, NodePoolDocument } from "../cluster";
import { defaultLabels, defaultTaints, fewestNodes } from "../pools";
import { checkPlan } from "./catalogue";
import type { Context } from "./context";
import { below, type Place } from "./report";

/** The pools of a cluster in their order; the first is created with it. */
export function resolvePools(
  context: Context,
  cluster: string,
  settings: ClusterSettings["nodePools"],
  place: Place,
): readonly NodePoolSpec[] {
  const pools = Object.entries(settings ?? {}).flatMap(([name, pool]) =>
    pool === false ? [] : [resolvePool(context, name, pool, below(place, name))],
  );
  const [first] = pools;
  if (first === undefined) {
    context.report.add(place, `cluster ${cluster} has no node pool`, "Keep at least one, without taints.");
  } else if ((first.taints ?? []).length > 0) {
    const fix = "Put a pool without taints first: the cluster's own add-ons run there until other pools exist.";
    context.report.add(
      below(place, first.name),
      `${first.name}, the first pool of cluster ${cluster}, has taints`,
      fix,
    );
  }
  return pools;
}

/** Refuses fewer nodes without taints than there are replicas to spread over them. */
export function checkSpread(
  context: Context,
  cluster: string,
  pools: readonly NodePoolSpec[],
  replicas: number,
  place: Place,
): void {
  const nodes = pools
    .filter((pool) => (pool.taints ?? []).length === 0)
    .reduce((sum, pool) => sum + fewestNodes(pool), 0);
  if (pools.length === 0 || nodes >= replicas) return;
  const problem = `cluster ${cluster} has too few nodes without taints for ${replicas} replicas of its services`;
  context.report.add(
    place,
    problem,
    `Give its pools without taints at least ${replicas} nodes, or set replicas: 1.`,
    nodes,
  );
}

function resolvePool(context: Context, name: string, pool: NodePoolDocument, place: Place): NodePoolSpec {
  const { report } = context;
  const autoscaling = bounds(context, name, pool, place);
  const quantity = pool.quantity ?? autoscaling?.min ?? 1;
  if (autoscaling !== undefined && autoscaling.min <= autoscaling.max) {
    if (quantity < autoscaling.min || quantity > autoscaling.max) {
      const fix = `Write a quantity from ${autoscaling.min} to ${autoscaling.max}, or other bounds.`;
      report.add(below(place, "quantity"), `pool ${name} starts outside of its autoscaling bounds`, fix, quantity);
    }
  }
  if (pool.plan === undefined) {
    report.add(below(place, "plan"), `pool ${name} has no plan`, "Write a Vultr plan id, such as vc2-2c-4gb.");
  } else {
    checkPlan(context, pool.plan, below(place, "plan"));
  }
  const taints = pool.taints ?? defaultTaints(name);
  const keys = taints.map((taint) => taint.key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) {
    const fix = "Keep one taint for each key: Vultr never settles on two.";
    report.add(below(place, "taints"), `pool ${name} has two taints with the key ${twice}`, fix);
  }
  const labels = { ...defaultLabels(name), ...pool.labels };
  return { name, plan: pool.plan ?? "", quantity, ...(autoscaling && { autoscaling }), labels, taints };
}

function bounds(context: Context, name: string, pool: NodePoolDocument, place: Place): NodePoolSpec["autoscaling"] {
  if (pool.autoscaling === undefined || pool.autoscaling === false) return undefined;
  const { min, max } = pool.autoscaling;
  const at = below(place, "autoscaling");
  if (min === undefined || max === undefined) {
    const missing = min === undefined ? "min" : "max";
    context.report.add(at, `autoscaling of pool ${name} has no ${missing}`, `Add ${missing}, a number of nodes.`);
    return undefined;
  }
  if (min > max) {
    const fix = `Write a min of at most ${max}, or a max of at least ${min}.`;
    context.report.add(at, `pool ${name} has more nodes at least than at most`, fix, { min, max });
  }
  return { min, max };
}
