import { type DeclaredPlans, findPlan, PRICES } from "../constructs/vultr/catalogue";
import type { Cluster } from "../schema/model";

/** One line of the monthly list price, in US dollars. */
export interface CostItem {
  readonly what: string;
  readonly quantity: number;
  /** Price of one. */
  readonly unit: number;
  readonly monthly: number;
}

/** What the estimate leaves out. */
export const COST_EXCLUDES = [
  "block storage volumes",
  "object storage above the first 1000 GB, or of another tier than Standard",
  "traffic above the included amount",
  "nodes that autoscaling adds",
  "the Cloudflare zone plan",
  "taxes",
];

/** List price of a cluster: its nodes at their starting number, its control plane and its load balancers. */
export function clusterCost(cluster: Cluster, declaredPlans: DeclaredPlans): CostItem[] {
  const pools = cluster.nodePools.map((pool) =>
    item(`${pool.plan} nodes (${pool.name})`, pool.quantity, findPlan(pool.plan, declaredPlans)?.monthlyUsd ?? 0),
  );
  const controlPlane = cluster.highlyAvailable
    ? [item("highly available control plane", 1, PRICES.highlyAvailableControlPlane)]
    : [];
  const balancers = item("load balancers", Object.keys(cluster.entryPoints).length, PRICES.loadBalancer);
  return [...pools, ...controlPlane, balancers];
}

/** List price of a store for backups. */
export function backupCost(): CostItem {
  return item("object storage for backups", 1, PRICES.objectStorage);
}

function item(what: string, quantity: number, unit: number): CostItem {
  return { what, quantity, unit, monthly: quantity * unit };
}
