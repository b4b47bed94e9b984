import { STACKS } from "../support/platform";
import { TestProgram } from "../support/program";
import { L1, World } from "../support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

describe("what cannot be looked for", () => {
  const only = (resource: object, provider: object = {}) =>
    new TestProgram({ "l1-x": { json: { resource, provider } } });

  it.each<[string, TestProgram | (() => TestProgram), string]>([
    [
      "a type that strata does not know",
      () => only({ vultr_instance: { a: { label: "a" } } }),
      "does not know vultr_instance",
    ],
    [
      "a name that is known at apply only",
      () => only({ vultr_vpc: { a: { description: "${uuid()}", region: "fra" } } }),
      "its description is known at apply only",
    ],
    [
      "an object without a name",
      () => only({ vultr_vpc: { a: { v4_subnet: "10.0.0.0" } } }),
      "it has no description and no region",
    ],
    [
      "a cluster that no stack publishes",
      () =>
        only({ kubernetes_namespace_v1: { a: { metadata: { name: "a" } } } }, { kubernetes: [{ host: "https://x" }] }),
      "does not take its API server from the output `host`",
    ],
    [
      "a namespace of Vault's",
      () => only({ vault_mount: { a: { path: "a", type: "kv", namespace: "b" } } }),
      "in a namespace of Vault of its own",
    ],
  ])("is told: %s", async (_, program, text) => {
    world.clouds.vultr = { vpcs: [] };
    const { code, err } = await world.recover(typeof program === "function" ? program() : program);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });

  it("what the state does not say of a cluster", async () => {
    const program = world.platform(...L1);
    program.state("l1-cluster-main", { "terraform_data.x": {} });
    program.state("l2-base-main", { "terraform_data.x": {} });
    world.clouds.vultr = { "kubernetes/clusters": [] };
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain(
      "l1-cluster-main: no output host. Deploy it first: cdktf deploy l1-cluster-main (not looked at: ",
    );
  });
});

describe("before anything is looked at", () => {
  it.each([
    ["a folder without a configuration", ["--config", "nowhere"], "there is no configuration here"],
    ["a folder without a program", ["--dir", "nowhere"], "Run `npm run synth` first"],
  ])("%s is refused", async (_, args, text) => {
    const { code, err } = await world.recover(world.platform(), args);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });

  it("an imports.json that synth would refuse is refused", async () => {
    const program = world.platform();
    program.imports({ "l1-network-main": [{ to: "vultr_vpc.vpc", id: "" }] });
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain("id is not valid");
  });

  it("a state that is not Terraform's is told, and the rest goes on", async () => {
    const program = world.platform("l1-network-main");
    program.state("l1-edge-acme", {});
    world.clouds.vultr = { vpcs: [], "kubernetes/clusters": [] };
    const { code, err } = await world.recover(program, [], { TERRAFORM_BINARY_NAME: "/no/such/terraform" });
    expect(code).toBe(1);
    expect(err).toContain("/no/such/terraform: no such command. Install Terraform 1.11 or newer");
  });
});

test("a program of one stack with nothing in it has nothing to recover", async () => {
  const program = new TestProgram({
    "l1-edge-acme": { json: {} },
    ...{ "l1-network-main": STACKS["l1-network-main"] },
  });
  world.clouds.vultr = { vpcs: [] };
  expect(await world.recover(program)).toMatchObject({ code: 0, out: "Nothing to recover." });
});
