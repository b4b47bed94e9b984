import type { TestProgram } from "./support/program";
import { ALL, World } from "./support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const STACK = "l1-cluster-main";
const POOL = "vultr_kubernetes_node_pools.pool";
const OLD = { id: "n0", label: "memory", plan: "vc1" };
const NEW = { id: "n1", label: "memory", plan: "vc2" };
const TAINT = `taint -lock-timeout=2s -no-color ${POOL}`;
/** The old plan, still remembered, would have the new pool replaced too. */
const FORGET = "state rm -lock-timeout=2s terraform_data.plan";
const MOVE = `state mv -lock-timeout=2s ${POOL} ${POOL}_replaced`;

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

/**
 * The plan of the pool was changed from vc1 to vc2, and the apply was killed.
 *
 * @param remembered the plan that would trigger the replacement when it changes
 * @param pools of the account
 * @param address under which the state has the old pool
 */
function killed(remembered: string, pools: readonly object[], address = POOL): TestProgram {
  const program = world.platform(...ALL);
  world.clouds.vultr = {
    vpcs: [],
    "kubernetes/clusters": [{ id: "c0", label: "acme-main", region: "fra" }],
    "kubernetes/clusters/c0/node-pools": [...pools].map((pool) => ({ ...pool })),
  };
  const input = { value: { plan: remembered }, type: ["object", { plan: "string" }] };
  const objects = {
    "terraform_data.plan": { id: "p", attributes: { input } },
    "vultr_kubernetes.cluster": { id: "c0" },
    [address]: { id: OLD.id, attributes: { plan: OLD.plan } },
  };
  program.state(STACK, objects, world.cluster.outputs);
  return program;
}

describe("a node pool whose replacement was interrupted", () => {
  it("is marked when the new plan is remembered already: nothing would ever trigger it again", async () => {
    const program = killed("vc2", [OLD]);
    const { code, out } = await world.recover(program);
    expect(code).toBe(0);
    expect(program.commands(STACK)).toEqual([TAINT]);
    expect(out.replaceAll(/\s+/g, " ")).toContain("tainted n0 (plan vc1): the next apply replaces it with plan vc2");
  });

  it("needs nothing while the change of plan is still to come", async () => {
    const program = killed("vc1", [OLD]);
    expect(await world.recover(program)).toMatchObject({ code: 0, out: "Nothing to recover." });
    expect(program.commands(STACK)).toEqual([]);
  });

  it.each([
    ["vc1", [FORGET, MOVE]],
    ["vc2", [MOVE]],
  ])("gives way to the new pool when that is there (remembered: %s)", async (remembered, commands) => {
    const program = killed(remembered, [OLD, NEW]);
    const { code, out } = await world.recover(program);
    expect(code).toBe(0);
    expect(program.commands(STACK)).toEqual(commands);
    expect(program.imported).toEqual({ [STACK]: [{ to: POOL, id: "c0 n1" }] });
    expect(out.replaceAll(/\s+/g, " ")).toContain("c0 n1: it replaces n0 (plan vc1), which the next apply deletes");
  });

  it("does so too when the recovery was killed in between", async () => {
    const program = killed("vc2", [OLD, NEW], `${POOL}_replaced`);
    expect(await world.recover(program)).toMatchObject({ code: 0 });
    expect(program.commands(STACK)).toEqual([]);
    expect(program.imported).toEqual({ [STACK]: [{ to: POOL, id: "c0 n1" }] });
    expect(await world.recover(program)).toMatchObject({ code: 0 });
    expect(program.imported).toEqual({ [STACK]: [{ to: POOL, id: "c0 n1" }] });
  });

  it("is left to a person when there are two new ones", async () => {
    const program = killed("vc2", [OLD, NEW, { ...NEW, id: "n2" }]);
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain("there is another object of its name that no state knows: n1, n2");
    expect(program.commands(STACK)).toEqual([]);
    expect(program.imported).toBeUndefined();
  });

  it("stays as it is in a dry run", async () => {
    for (const pools of [[OLD], [OLD, NEW]]) {
      const program = killed("vc2", pools);
      expect(await world.recover(program, ["--dry-run"])).toMatchObject({ code: 2 });
      expect(program.commands(STACK)).toEqual([]);
    }
  });

  it("is not touched when Vultr can't be asked whether the new one is there", async () => {
    const program = killed("vc2", [OLD]);
    const { code, err } = await world.recover(program, [], { VULTR_API_KEY: undefined });
    expect(code).toBe(1);
    expect(err).toContain("VULTR_API_KEY is not set");
    expect(program.commands(STACK)).toEqual([]);
  });
});
