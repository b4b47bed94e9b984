import { stringify } from "yaml";
import { digestOf } from "../engine/fill";
import { at, textAt } from "../wire/paths";
import { isValues, type Value, type Values } from "../wire/values";
import { World } from "../world/world";
import { selfSigned } from "./certificates";
import { numberFrom, publicAddress, uuid } from "./ids";
import { type Change, Refusal, type ResourceHook } from "./types";

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
  create(change) {
    const { state, id, world } = change;
    const vpc = textAt(state, "vpc_id");
    if (vpc !== "" && !world.has(World.key("vultr_vpc", "", vpc))) {
      throw new Refusal(
        `error creating kubernetes cluster: {"error":"Invalid VPC ID","status":400}`,
        `vpc_id is "${vpc}".`,
      );
    }
    Object.assign(state, connection(id, change.digest));
    const pools = state.node_pools;
    for (const [index, pool] of (Array.isArray(pools) ? pools : []).entries()) {
      if (isValues(pool)) fillPool(pool, digestOf(change.digest, String(index)), DEFAULT_POOL_TAG);
    }
  },
  update: resizeAll,
  delete: ({ world, id }) => {
    world.removeWhere(({ type, values }) => type === "vultr_kubernetes_node_pools" && values.cluster_id === id);
  },
};

/** One more pool of a cluster. */
export const nodePool: ResourceHook = {
  forceNew: ["cluster_id"],
  defaults: { auto_scaler: false, min_nodes: 1, max_nodes: 1, tag: "" },
  silentlyIgnored: ["plan", "label"],
  importId: (id) => id.split(" ").at(-1) ?? id,
  create({ state, digest, world }) {
    const clusterId = textAt(state, "cluster_id");
    if (!world.has(World.key("vultr_kubernetes", "", clusterId))) {
      throw new Refusal(
        `error creating node pool: {"error":"Invalid resource ID","status":404}`,
        `cluster_id is "${clusterId}".`,
      );
    }
    fillPool(state, digest, textAt(state, "tag"));
  },
  update: ({ state, digest }) => resize(state, digest),
};

/** Addresses and credentials. They look real, parse, and reach nothing: the name does not exist. */
function connection(id: string, digest: string): Values {
  const endpoint = `${id}.vultr-k8s.com`;
  const ca = selfSigned(`${digest} ca`, "kubernetes");
  const client = selfSigned(`${digest} client`, "admin");
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const name = `vke-${id}`;
  const kubeConfig = stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name, cluster: { "certificate-authority-data": base64(ca.certificate), server: `https://${endpoint}:6443` } },
    ],
    contexts: [{ name, context: { cluster: name, user: "admin" } }],
    "current-context": name,
    preferences: {},
    users: [
      {
        name: "admin",
        user: { "client-certificate-data": base64(client.certificate), "client-key-data": base64(client.key) },
      },
    ],
  });
  return {
    endpoint,
    ip: publicAddress(digest),
    kube_config: base64(kubeConfig),
    cluster_ca_certificate: base64(ca.certificate),
    client_certificate: base64(client.certificate),
    client_key: base64(client.key),
    cluster_subnet: "10.244.0.0/16",
    service_subnet: "10.96.0.0/12",
    firewall_group_id: uuid(digestOf(digest, "firewall")),
    status: "active",
  };
}

function fillPool(pool: Values, digest: string, tag: string): void {
  pool.id = uuid(digest);
  pool.tag = tag;
  pool.status = "active";
  for (const kind of ["labels", "taints"]) {
    for (const each of asList(pool[kind])) each.id = uuid(digestOf(digest, kind, textAt(each, "key")));
  }
  resize(pool, digest);
}

function resizeAll({ state, digest }: Change): void {
  for (const pool of asList(state.node_pools)) resize(pool, digestOf(digest, textAt(pool, "id")));
}

function resize(pool: Values, digest: string): void {
  const count = Number(at(pool, "node_quantity"));
  pool.nodes = Array.from({ length: count }, (_, index): Value => {
    const id = digestOf(digest, "node", String(index));
    const label = `${textAt(pool, "label")}-${id.slice(0, 12)}`;
    return { id: uuid(id), label, status: "active", date_created: "2026-01-01T00:00:00Z" };
  });
  for (const each of [...asList(pool.labels), ...asList(pool.taints)]) {
    if (typeof each.id !== "string")
      each.id = uuid(digestOf(digest, textAt(each, "key"), String(numberFrom(digest, 0, 9))));
  }
}

function asList(value: Value | undefined): Values[] {
  return Array.isArray(value) ? value.filter(isValues) : [];
}
