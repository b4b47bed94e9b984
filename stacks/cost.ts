import { type DeclaredPlans, findPlan, PRICES } from "../constructs/vultr/catalogue";
import type { Cluster } from "../schema/model";

/** One line of the monthly list price, in US dollars. */
export interface CostItem {
  readonly what: string;
  readonly quantity: number;
  readonly monthly: number;
}

/** What the estimate leaves out. */
export const COST_EXCLUDES = [
  "block storage volumes and object storage",
  "traffic above the included amount",
  "nodes that autoscaling adds",
  "the Cloudflare zone plan",
  "taxes",
];

/** List price of a cluster: its nodes at their starting number, its control plane and its load balancers. */
export function clusterCost(cluster: Cluster, declaredPlans: DeclaredPlans): CostItem[] {
  const pools = cluster.nodePools.map((pool) => ({
    what: `${pool.plan} nodes (${pool.name})`,
    quantity: pool.quantity,
    monthly: pool.quantity * (findPlan(pool.plan, declaredPlans)?.monthlyUsd ?? 0),
  }));
  const controlPlane = cluster.highlyAvailable
    ? [{ what: "highly available control plane", quantity: 1, monthly: PRICES.highlyAvailableControlPlane }]
    : [];
  const entryPoints = Object.keys(cluster.entryPoints).length;
  const balancers = { what: "load balancers", quantity: entryPoints, monthly: entryPoints * PRICES.loadBalancer };
  return [...pools, ...controlPlane, balancers];
}
