import { digestOf } from "../engine/fill";
import { textAt } from "../wire/paths";
import { World } from "../world/world";
import { connectionState } from "./cluster-state";
import { uuid } from "./ids";
import { type Change, Refusal, type ResourceHook } from "./types";
import { fillPool, listAt, poolSpec, resize } from "./vultr-pools";

/** The tag by which the provider finds the pool of a cluster that stands in the cluster's own block. */
const DEFAULT_POOL_TAG = "tf-vke-default";

/** A VKE cluster with its default pool. */
export const cluster: ResourceHook = {
  forceNew: ["region", "vpc_id", "ha_controlplanes", "enable_firewall"],
  defaults: {
    ha_controlplanes: false,
    enable_firewall: false,
    "node_pools.auto_scaler": false,
    "node_pools.min_nodes": 1,
    "node_pools.max_nodes": 1,
  },
  // The update call has no field for these: the API answers success and the next plan shows the same change.
  silentlyIgnored: ["node_pools.plan", "node_pools.label"],
  unreadable: ["vpc_id", "enable_firewall"],
  async create(change) {
    const { state, id, digest, world, clusters } = change;
    const vpc = textAt(state, "vpc_id");
    if (vpc !== "" && !world.has(World.key("vultr_vpc", "", vpc))) {
      throw new Refusal(
        `error creating kubernetes cluster: {"error":"Invalid VPC ID","status":400}`,
        `vpc_id is "${vpc}".`,
      );
    }
    const [label, region, version] = [textAt(state, "label"), textAt(state, "region"), textAt(state, "version")];
    const connection = await clusters.create({ id, label, region, version, digest });
    Object.assign(state, connectionState(id, digest, connection), {
      firewall_group_id: uuid(digestOf(digest, "firewall")),
      status: "active",
    });
    for (const [index, pool] of listAt(state, "node_pools").entries()) {
      fillPool(pool, digestOf(digest, String(index)), DEFAULT_POOL_TAG);
    }
    await setPools(change).catch(async (error: unknown) => {
      // Terraform forgets what it could not make: nothing of it may stay.
      await clusters.delete(id);
      throw error;
    });
  },
  async update(change) {
    const { state, prior, digest } = change;
    for (const [index, pool] of listAt(state, "node_pools").entries()) {
      const present = listAt(listAt(prior, "node_pools")[index] ?? null, "nodes");
      resize(pool, present, digestOf(digest, textAt(pool, "id")));
    }
    await setPools(change);
  },
  async delete({ world, id, clusters }) {
    await clusters.delete(id);
    world.removeWhere(({ type, values }) => type === "vultr_kubernetes_node_pools" && values.cluster_id === id);
  },
};

/** One more pool of a cluster. */
export const nodePool: ResourceHook = {
  forceNew: ["cluster_id"],
  defaults: { auto_scaler: false, min_nodes: 1, max_nodes: 1, tag: "" },
  silentlyIgnored: ["plan", "label"],
  importId: (id) => id.split(" ").at(-1) ?? id,
  async create(change) {
    const { state, id, digest, world, clusters } = change;
    const clusterId = textAt(state, "cluster_id");
    if (!world.has(World.key("vultr_kubernetes", "", clusterId))) {
      throw new Refusal(
        `error creating node pool: {"error":"Invalid resource ID","status":404}`,
        `cluster_id is "${clusterId}".`,
      );
    }
    fillPool(state, digest, textAt(state, "tag"));
    await setPool(change, clusterId).catch(async (error: unknown) => {
      await clusters.removePool(clusterId, id);
      throw error;
    });
  },
  async update(change) {
    const { state, prior, digest } = change;
    resize(state, listAt(prior, "nodes"), digest);
    await setPool(change, textAt(state, "cluster_id"));
  },
  async delete({ state, id, clusters }) {
    await clusters.removePool(textAt(state, "cluster_id"), id);
  },
};

/** Tells the driver of the pools that stand in the cluster's own block. */
async function setPools({ state, id, clusters }: Change): Promise<void> {
  const region = textAt(state, "region");
  for (const pool of listAt(state, "node_pools")) await clusters.setPool(id, poolSpec(pool, region));
}

/** Tells the driver of a pool that is a resource of its own; where it stands, its cluster says. */
async function setPool({ state, world, clusters }: Change, clusterId: string): Promise<void> {
  const owner = world.get(World.key("vultr_kubernetes", "", clusterId));
  await clusters.setPool(clusterId, poolSpec(state, textAt(owner?.values ?? {}, "region")));
}
