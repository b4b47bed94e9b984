import { TestProgram } from "../support/program";
import { World } from "../support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

describe("strata recover", () => {
  it("finds a VPC by its description and region, on a later page too", async () => {
    const program = world.platform("l1-edge-acme");
    const vpc = { region: "FRA", description: "main", v4_subnet: "10.1.0.0", v4_subnet_mask: 24 };
    const others = [1, 2, 3].map((id) => ({ ...vpc, id: `o${id}`, description: `other ${id}` }));
    world.clouds.vultr = { vpcs: [...others, { ...vpc, id: "v1" }, { ...vpc, id: "v2", region: "ams" }] };
    const { code, out, err } = await world.recover(program);
    expect(code).toBe(0);
    expect(program.imported).toEqual({ "l1-network-main": [{ to: "vultr_vpc.vpc", id: "v1" }] });
    expect(out).toMatch(/l1-network-main\s+vultr_vpc\.vpc\s+import\s+v1/);
    expect(err).toContain("config/imports.json has 1 to import. Next: npm run synth");
  });

  it("finds a cluster by its label, and its pools in it", async () => {
    const program = world.platform("l1-edge-acme", "l1-network-main");
    world.clouds.vultr = {
      vpcs: [],
      "kubernetes/clusters": [{ id: "c1", label: "acme-main", region: "fra", status: "pending" }],
      "kubernetes/clusters/c1/node-pools": [
        { id: "n0", label: "memory", plan: "vc2", tag: "tf-vke-default" },
        { id: "n1", label: "memory", plan: "vc2", tag: "" },
      ],
    };
    const { code, out } = await world.recover(program);
    expect(code).toBe(0);
    expect(program.imported).toEqual({
      "l1-cluster-main": [
        { to: "vultr_kubernetes.cluster", id: "c1" },
        { to: "vultr_kubernetes_node_pools.pool", id: "c1 n1" },
      ],
    });
    expect(out).toContain("c1: it is still being made");
  });

  it("finds firewalls and their rules, stores and blocks by what they are called", async () => {
    const stack = "l1-extra";
    const program = new TestProgram({
      [stack]: {
        json: {
          resource: {
            vultr_firewall_group: { group: { description: "edge" } },
            vultr_firewall_rule: {
              web: {
                ...{ firewall_group_id: "${vultr_firewall_group.group.id}", protocol: "tcp", ip_type: "v4" },
                ...{ port: "443", subnet: "0.0.0.0", subnet_size: 0, source: "cloudflare" },
              },
            },
            vultr_object_storage: { store: { label: "backups", cluster_id: 6, tier_id: 2 } },
            vultr_block_storage: { disk: { label: "disk", region: "fra", size_gb: 10 } },
          },
        },
      },
    });
    const rule = { ip_type: "v4", protocol: "tcp", port: "443", subnet: "0.0.0.0", subnet_size: 0 };
    world.clouds.vultr = {
      firewalls: [{ id: "g1", description: "edge" }],
      "firewalls/g1/rules": [
        { id: 4, ...rule, source: "" },
        { id: 5, ...rule, source: "cloudflare" },
      ],
      "object-storage": [{ id: "s1", label: "backups", cluster_id: 6, s3_secret_key: "PRIVATE KEY" }],
      blocks: [{ id: "b1", label: "disk", region: "fra" }],
    };
    expect(await world.recover(program)).toMatchObject({ code: 0 });
    expect(program.imported).toEqual({
      [stack]: [
        { to: "vultr_block_storage.disk", id: "b1" },
        { to: "vultr_firewall_group.group", id: "g1" },
        { to: "vultr_firewall_rule.web", id: "g1,5" },
        { to: "vultr_object_storage.store", id: "s1" },
      ],
    });
  });
});
