import { World } from "../support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

describe("strata recover", () => {
  it("finds nothing before the first deployment, and does not mind what can't be there yet", async () => {
    const program = world.platform();
    world.clouds.vultr = { vpcs: [], "kubernetes/clusters": [] };
    const { code, err } = await world.recover(program, [], { VAULT_ADDR: undefined });
    expect(code).toBe(0);
    expect(err).toContain("l2-base-main: not deployed yet, l1-cluster-main comes first.");
    expect(err).toContain("l2-secrets-main: not deployed yet, l2-base-main comes first.");
    expect(program.imported).toBeUndefined();
    expect(world.cluster.requests).toEqual([]);
  });

  it("looks all the same for what a deployment without its states would make a second time", async () => {
    const program = world.platform();
    world.clouds.vultr = {
      vpcs: [{ id: "v1", region: "fra", description: "main", v4_subnet: "10.1.0.0", v4_subnet_mask: 24 }],
      "kubernetes/clusters": [{ id: "c1", label: "acme-main", region: "fra" }],
      "kubernetes/clusters/c1/node-pools": [{ id: "n1", label: "memory", plan: "vc2" }],
    };
    world.clouds.records = [
      { id: "d1", zone_id: "zone1", name: "web.acme.example", type: "A", comment: "strata l2-base-main" },
    ];
    expect(await world.recover(program)).toMatchObject({ code: 0 });
    expect(program.imported).toEqual({
      "l1-cluster-main": [
        { to: "vultr_kubernetes.cluster", id: "c1" },
        { to: "vultr_kubernetes_node_pools.pool", id: "c1 n1" },
      ],
      "l1-network-main": [{ to: "vultr_vpc.vpc", id: "v1" }],
      "l2-base-main": [{ to: "cloudflare_dns_record.web", id: "zone1/d1" }],
    });
  });

  it("does not let a deployment begin without a look at those", async () => {
    const program = world.platform();
    world.clouds.vultr = { vpcs: [] };
    world.clouds.onRequest = (path) => (path.startsWith("/v2/kubernetes") ? [503, ""] : undefined);
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain("(not looked at: l1-cluster-main vultr_kubernetes.cluster");
  });
});
