import type { TestProgram } from "../support/program";
import { ALL, CLUSTER, L1, World } from "../support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

/** Everything but the cluster and its pool is applied; the account has what the test says. */
function lostCluster(...found: readonly Readonly<Record<string, unknown>>[]): TestProgram {
  const program = world.platform("l1-edge-acme", "l1-network-main");
  world.clouds.vultr = { vpcs: [], "kubernetes/clusters": [...found], "kubernetes/clusters/c1/node-pools": [] };
  return program;
}

describe("an object that is not for strata to choose", () => {
  it("is one of two clusters of one label: both are named, and a person's choice is kept", async () => {
    const program = lostCluster({ ...CLUSTER, id: "c1" }, { ...CLUSTER, id: "c2" });
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain("l1-cluster-main vultr_kubernetes.cluster: there are 2 objects of this name: c1, c2.");
    expect(program.imported).toBeUndefined();
    program.imports({ "l1-cluster-main": [{ to: "vultr_kubernetes.cluster", id: "c1" }] });
    const chosen = await world.recover(program);
    expect(chosen.out).toContain("to be imported");
    expect(chosen.err).not.toContain("there are 2 objects");
    expect(program.imported).toEqual({ "l1-cluster-main": [{ to: "vultr_kubernetes.cluster", id: "c1" }] });
  });

  it("has another value where Terraform would replace it", async () => {
    const program = lostCluster({ ...CLUSTER, id: "c1", region: "ams" });
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain("c1 has its name, but region ams instead of fra: Terraform would replace it");
    expect(program.imported).toBeUndefined();
  });

  it("is in the state under the address that it had: an import would end in its destruction", async () => {
    const program = world.platform(...ALL);
    program.state("l1-network-main", { "vultr_vpc.old": { id: "v0" } }, { vpc_id: "v0" });
    world.clouds.vultr = {
      vpcs: [{ id: "v0", description: "main", region: "fra", v4_subnet: "10.1.0.0", v4_subnet_mask: 24 }],
      "kubernetes/clusters": [],
      "kubernetes/clusters/c0/node-pools": [],
    };
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain("v0 exists, and l1-network-main has it in its state as vultr_vpc.old");
    expect(err).toContain("terraform -chdir=cdktf.out/stacks/l1-network-main state mv vultr_vpc.old vultr_vpc.vpc");
    expect(program.imported).toBeUndefined();
  });

  it("is a namespace on its way out", async () => {
    const program = world.platform(...L1);
    world.cluster.objects.set("/api/v1/namespaces/web", "terminating");
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain("kubernetes_namespace_v1.web: web is being deleted. Run it again when it is gone.");
  });

  it("is a ruleset that somebody made in the dashboard", async () => {
    const program = world.platform("l1-network-main");
    world.clouds.vultr = { "kubernetes/clusters": [], vpcs: [] };
    world.clouds.rulesets.http_ratelimit = { id: "r1", name: "default", description: "" };
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain('phase http_ratelimit is not of this program: r1, "default"');
    program.imports({ "l1-edge-acme": [{ to: "cloudflare_ruleset.waf", id: "zones/zone1/r1" }] });
    expect(await world.recover(program)).toMatchObject({ code: 0 });
    expect(program.imported).toMatchObject({ "l1-edge-acme": [{ id: "zones/zone1/r1" }] });
  });

  it("is a mount of another type, which Terraform would replace with all that it holds", async () => {
    const program = world.platform(...L1, "l2-base-main");
    world.clouds.mounts.mounts = { "secret/": { type: "transit", options: null } };
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain("Vault has something else at secret/: type transit instead of kv");
    expect(program.imported).toBeUndefined();
  });

  it("is a record of somebody else's, which may stay beside ours", async () => {
    const program = world.platform(...L1);
    world.clouds.records = [{ id: "d1", zone_id: "zone1", name: "web.acme.example", type: "A", content: "192.0.2.1" }];
    const { code, out } = await world.recover(program);
    expect(code).toBe(0);
    expect(out).toContain("seen");
    expect(out.replaceAll(/\s+/g, " ")).toContain("d1");
    expect(program.imported).toBeUndefined();
  });
});
