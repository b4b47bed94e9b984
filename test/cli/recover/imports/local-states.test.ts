import { lose } from "../support/platform";
import { ALL, World } from "../support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

describe("strata recover", () => {
  it("puts back a local state that Terraform was killed over, and looks for what the run made since", async () => {
    const program = world.platform(...ALL);
    lose(program, "l2-base-main", ["kubernetes_namespace_v1.web"]);
    const before = program.stored("l2-base-main");
    program.cut("l2-base-main");
    world.cluster.objects.set("/api/v1/namespaces/web", "there");
    const shown = await world.recover(program, ["--dry-run"]);
    expect(shown).toMatchObject({ code: 2, out: expect.stringContaining("would be: state restored") });
    expect(program.stored("l2-base-main")).toBe("");
    const { code, out } = await world.recover(program);
    expect(code).toBe(0);
    expect(out).toContain("state restored  from l2-base-main.tfstate.backup");
    expect(program.stored("l2-base-main")).toBe(before);
    expect(program.imported).toEqual({ "l2-base-main": [{ to: "kubernetes_namespace_v1.web", id: "web" }] });
  });

  it("leaves an empty local state alone while somebody works on it", async () => {
    const program = world.platform(...ALL);
    program.cut("l2-base-main");
    program.lock("l2-base-main");
    expect(await world.recover(program)).toMatchObject({ code: 1 });
    expect(program.stored("l2-base-main")).toBe("");
  });
});
