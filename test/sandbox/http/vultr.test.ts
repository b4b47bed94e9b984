import { vultrFace } from "../../../sandbox/providers/http/vultr";
import { bodyOf, get, worldOf } from "./world";

const CLUSTER = { label: "acme-platform", region: "fra", version: "v1.36.1+1", vpc_id: "vpc", kube_config: "c2VjcmV0" };
const INLINE = {
  id: "pool-1",
  label: "general",
  tag: "tf-vke-default",
  plan: "vc2-2c-4gb",
  node_quantity: 3,
  nodes: [],
};

const world = worldOf(
  ["vultr_vpc", "vpc", { description: "platform", region: "fra", v4_subnet: "10.1.0.0", v4_subnet_mask: 20 }],
  ["vultr_kubernetes", "vke", { ...CLUSTER, node_pools: [INLINE] }],
  [
    "vultr_kubernetes_node_pools",
    "pool-2",
    { cluster_id: "vke", label: "public", plan: "vc2-4c-8gb", node_quantity: 2 },
  ],
  ["vultr_kubernetes_node_pools", "pool-3", { cluster_id: "another", label: "public" }],
  ["vultr_firewall_group", "group", { description: "edge" }],
  ["vultr_firewall_rule", "1", { firewall_group_id: "group", protocol: "tcp", port: "443" }],
  ["vultr_object_storage", "store", { label: "backups", cluster_id: 6, s3_secret_key: "PRIVATE KEY" }],
  ["vultr_object_storage_bucket", "store_acme", { object_storage_id: "store", name: "acme" }],
  ["vultr_object_storage_bucket", "other_acme-2", { object_storage_id: "other", name: "acme-2" }],
);
const face = vultrFace(world);

describe("Vultr's API over the simulated world", () => {
  test("lists clusters with all of their pools, and neither the network nor the kubeconfig, as Vultr does", () => {
    expect(bodyOf(face(get("/v2/kubernetes/clusters")))).toEqual({
      vke_clusters: [
        {
          id: "vke",
          label: "acme-platform",
          region: "fra",
          version: "v1.36.1+1",
          node_pools: [INLINE, { id: "pool-2", label: "public", plan: "vc2-4c-8gb", node_quantity: 2 }],
        },
      ],
      meta: { total: 1, links: { next: "", prev: "" } },
    });
  });

  test("lists the pools of one cluster", () => {
    expect(bodyOf(face(get("/v2/kubernetes/clusters/vke/node-pools")))).toMatchObject({
      node_pools: [{ id: "pool-1" }, { id: "pool-2" }],
    });
  });

  test("lists networks and firewall groups with their rules", () => {
    expect(bodyOf(face(get("/v2/vpcs")))).toMatchObject({ vpcs: [{ id: "vpc", description: "platform" }] });
    expect(bodyOf(face(get("/v2/firewalls")))).toMatchObject({ firewall_groups: [{ description: "edge" }] });
    expect(bodyOf(face(get("/v2/firewalls/group/rules")))).toMatchObject({ firewall_rules: [{ port: "443" }] });
  });

  test("lists stores without their keys, and the buckets of one by name", () => {
    expect(bodyOf(face(get("/v2/object-storage")))).toMatchObject({
      object_storages: [{ id: "store", label: "backups", cluster_id: 6 }],
    });
    expect(JSON.stringify(face(get("/v2/object-storage")))).not.toContain("PRIVATE KEY");
    expect(bodyOf(face(get("/v2/object-storage/store/bucket")))).toEqual({ buckets: [{ name: "acme" }] });
  });

  test("a cursor leads through all pages and ends", () => {
    const many = worldOf(...Array.from({ length: 5 }, (_, index) => ["vultr_vpc", `vpc-${index}`, {}] as const));
    const seen: string[] = [];
    let cursor = "";
    do {
      const answer = bodyOf(vultrFace(many)(get(`/v2/vpcs?per_page=2&cursor=${cursor}`)));
      const { vpcs, meta } = answer as { vpcs: { id: string }[]; meta: { total: number; links: { next: string } } };
      expect(meta.total).toBe(5);
      expect(vpcs.length).toBeLessThanOrEqual(2);
      seen.push(...vpcs.map(({ id }) => id));
      cursor = meta.links.next;
    } while (cursor !== "");
    expect(seen).toEqual(["vpc-0", "vpc-1", "vpc-2", "vpc-3", "vpc-4"]);
  });

  test.each([
    ["no token", get("/v2/vpcs", { header: () => "" }), 401, "Invalid API token."],
    ["a cluster that is not there", get("/v2/kubernetes/clusters/none"), 404, "Invalid resource ID"],
    ["a store that is not there", get("/v2/object-storage/none/bucket"), 404, "Invalid object storage ID"],
    ["a path that it does not know", get("/v2/databases"), 404, "Not found."],
    ["a request that writes", get("/v2/vpcs", { method: "DELETE" }), 405, "The simulated API only reads here."],
  ])("refuses %s as Vultr does", (_, request, status, error) => {
    expect(face(request)).toEqual({ status, body: { error, status } });
  });
});
