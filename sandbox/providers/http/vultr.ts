import type { World } from "../world/world";
import { bearer, type Face, type FaceAnswer, type FaceRequest, pageOf } from "./face";
import { type Attributes, attributes, attributesOf, isAttributes, only } from "./objects";

const CLUSTER = [
  ...["id", "label", "date_created", "cluster_subnet", "service_subnet", "ip", "endpoint", "version", "region"],
  ...["status", "ha_controlplanes", "firewall_group_id"],
];
const POOL = [
  ...["id", "date_created", "date_updated", "label", "tag", "plan", "status", "node_quantity", "min_nodes"],
  ...["max_nodes", "auto_scaler", "nodes"],
];
const PAGE_SIZE = 100;

/** Lists of the account: path of the API, key of the answer, type of the objects, and their fields. */
const LISTS: Readonly<Record<string, readonly [key: string, type: string, fields: readonly string[]]>> = {
  vpcs: ["vpcs", "vultr_vpc", ["id", "region", "date_created", "description", "v4_subnet", "v4_subnet_mask"]],
  firewalls: [
    "firewall_groups",
    "vultr_firewall_group",
    ["id", "description", "date_created", "date_modified", "instance_count", "rule_count", "max_rule_count"],
  ],
  "object-storage": [
    "object_storages",
    "vultr_object_storage",
    ["id", "date_created", "cluster_id", "region", "label", "status", "s3_hostname"],
  ],
  instances: ["instances", "vultr_instance", ["id", "label", "region", "plan", "main_ip", "status", "tags"]],
  "reserved-ips": ["reserved_ips", "vultr_reserved_ip", ["id", "region", "ip_type", "subnet", "subnet_size", "label"]],
  blocks: ["blocks", "vultr_block_storage", ["id", "label", "region", "size_gb", "status"]],
};

/**
 * Vultr's API v2 as far as it reads. Lists come in pages with a cursor.
 *
 * @see https://www.vultr.com/api/
 */
export function vultrFace(world: World): Face {
  return (request) => {
    if (bearer(request) === "") return failed(401, "Invalid API token.");
    if (request.method !== "GET") return failed(405, "The simulated API only reads here.");
    const [version, ...path] = request.path;
    return (version === "v2" ? answer(world, request, path) : undefined) ?? failed(404, "Not found.");
  };
}

function answer(world: World, request: FaceRequest, path: readonly string[]): FaceAnswer | undefined {
  const [collection = "", second, id, part] = path;
  if (collection === "kubernetes" && second === "clusters") return clusters(world, request, id, part);
  const [key, type, fields] = LISTS[collection] ?? [];
  if (key === undefined || type === undefined || fields === undefined) return undefined;
  const all = attributesOf(world, type).map((each) => only(each, ...fields));
  if (second === undefined) return page(request, key, all);
  if (collection === "object-storage" && id === "bucket") return buckets(world, second);
  if (collection === "firewalls" && id === "rules") return page(request, "firewall_rules", rules(world, second));
  const found = all.find((each) => each.id === second);
  return found === undefined ? undefined : { status: 200, body: { [key.replace(/s$/, "")]: found } };
}

function clusters(world: World, request: FaceRequest, id?: string, part?: string): FaceAnswer | undefined {
  const all = world.find("vultr_kubernetes").map((object) => describe(world, attributes(object)));
  if (id === undefined) return page(request, "vke_clusters", all);
  const found = all.find((cluster) => cluster.id === id);
  if (found === undefined) return failed(404, "Invalid resource ID");
  if (part === undefined) return { status: 200, body: { vke_cluster: found } };
  return part === "node-pools" ? page(request, "node_pools", pools(world, id)) : undefined;
}

function describe(world: World, cluster: Attributes): Attributes & { readonly id: string } {
  const id = String(cluster.id);
  return { ...only(cluster, ...CLUSTER), id, node_pools: pools(world, id) };
}

/** All pools of a cluster: the one that came with it, and those that are resources of their own. */
function pools(world: World, clusterId: string): readonly Attributes[] {
  const inline = attributesOf(world, "vultr_kubernetes", ({ id }) => id === clusterId).flatMap(({ node_pools }) =>
    Array.isArray(node_pools) ? node_pools.filter(isAttributes) : [],
  );
  const others = attributesOf(world, "vultr_kubernetes_node_pools", ({ values }) => values.cluster_id === clusterId);
  return [...inline, ...others].map((pool) => only(pool, ...POOL));
}

/** Buckets have no ids, and their list no pages. */
function buckets(world: World, store: string): FaceAnswer {
  if (attributesOf(world, "vultr_object_storage", ({ id }) => id === store).length === 0) {
    return failed(404, "Invalid object storage ID");
  }
  const all = attributesOf(world, "vultr_object_storage_bucket", ({ values }) => values.object_storage_id === store);
  return { status: 200, body: { buckets: all.map((bucket) => only(bucket, "name", "date_created")) } };
}

function rules(world: World, group: string): readonly Attributes[] {
  const fields = ["id", "ip_type", "protocol", "port", "subnet", "subnet_size", "source", "notes"];
  return attributesOf(world, "vultr_firewall_rule", ({ values }) => values.firewall_group_id === group).map((rule) =>
    only(rule, ...fields),
  );
}

/** A cursor names the place where the next page starts. */
function page({ query }: FaceRequest, key: string, items: readonly unknown[]): FaceAnswer {
  const start = Number(Buffer.from(query.get("cursor") ?? "", "base64").toString()) || 0;
  const shown = pageOf(items, start, Number(query.get("per_page")), PAGE_SIZE);
  const cursor = (place: number): string => Buffer.from(String(place)).toString("base64");
  const next = start + shown.length < items.length ? cursor(start + shown.length) : "";
  const prev = start > 0 ? cursor(Math.max(0, start - shown.length)) : "";
  return { status: 200, body: { [key]: shown, meta: { total: items.length, links: { next, prev } } } };
}

function failed(status: number, error: string): FaceAnswer {
  return { status, body: { error, status } };
}
