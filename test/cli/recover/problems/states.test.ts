import { ALL, CLUSTER, L1, World } from "../support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

describe("what Terraform knows itself", () => {
  it("is only told: a tainted object and one that is deposed", async () => {
    const program = world.platform(...ALL);
    program.state("l1-network-main", { "vultr_vpc.vpc": { id: "v0", status: "tainted" } }, { vpc_id: "v0" });
    program.state("l1-edge-acme", {
      "cloudflare_ruleset.waf": { id: "r0" },
      "cloudflare_zone_setting.ssl": { id: "ssl", deposed: "94dce90d" },
    });
    const { code, out } = await world.recover(program);
    expect(code).toBe(0);
    const text = out.replaceAll(/\s+/g, " ");
    expect(text).toContain("vultr_vpc.vpc seen tainted");
    expect(text).toContain("untaint");
    expect(text).toContain("cloudflare_zone_setting.ssl seen deposed");
  });

  it("has a double of its name in Vultr, which only the bill would tell", async () => {
    const program = world.platform(...ALL);
    world.clouds.vultr = {
      vpcs: [],
      "kubernetes/clusters": [{ ...CLUSTER, id: "c0" }],
      "kubernetes/clusters/c0/node-pools": [
        { id: "n0", label: "memory", plan: "vc2" },
        { id: "n9", label: "memory", plan: "vc2" },
      ],
    };
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain(
      "vultr_kubernetes_node_pools.pool: there is another object of its name that no state knows: n9",
    );
  });
});

describe("a stack whose state is locked", () => {
  it("is left alone with its imports, and the way to release it is told", async () => {
    const program = world.platform(...L1);
    program.lock("l2-base-main");
    program.imports({ "l2-base-main": [{ to: "kubernetes_namespace_v1.web", id: "web" }] });
    const { code, err } = await world.recover(program, ["--force"]);
    expect(code).toBe(1);
    expect(err).toContain("is locked by ada@laptop since 2026-11-21 12:55:35");
    expect(err).toContain(
      "terraform -chdir=cdktf.out/stacks/l2-base-main force-unlock 934a217c-c94d-968b-73b4-c743a495026c",
    );
    expect(program.imported).toEqual({ "l2-base-main": [{ to: "kubernetes_namespace_v1.web", id: "web" }] });
    expect(world.cluster.requests).toEqual([]);
  });
});
