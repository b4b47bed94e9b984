import { readFileSync } from "node:fs";
import path from "node:path";
import { lose } from "../support/platform";
import { ALL, L1, World } from "../support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

describe("strata recover", () => {
  it("goes on from imports.json: it merges, sorts, and takes out what is done or gone", async () => {
    const program = world.platform(...L1);
    lose(program, "l2-base-main", ["kubernetes_namespace_v1.web", "kubernetes_network_policy_v1.web"]);
    world.cluster.objects.set("/api/v1/namespaces/web", "there");
    program.imports({
      "l9-of-another-synth": [{ to: "vultr_vpc.x", id: "x" }],
      "l2-base-main": [
        { to: "kubernetes_network_policy_v1.web", id: "web/default" },
        { to: "cloudflare_dns_record.web", id: "zone1/d0" },
        { to: "kubernetes_namespace_v1.old", id: "old" },
      ],
      "l1-network-main": [{ to: "vultr_vpc.vpc", id: "v0" }],
    });
    const { code, out } = await world.recover(program);
    expect(code).toBe(0);
    expect(program.imported).toEqual({
      "l2-base-main": [{ to: "kubernetes_namespace_v1.web", id: "web" }],
      "l9-of-another-synth": [{ to: "vultr_vpc.x", id: "x" }],
    });
    expect(out).toContain("v0: the state has it now");
    expect(out).toContain("web/default: it is not there, or not ours");
    expect(out).toContain("old: the program has no such resource");
  });

  it("ends in the same place when it is run again, with the same bytes", async () => {
    const program = world.platform(...L1);
    world.cluster.objects.set("/api/v1/namespaces/web", "there");
    const file = path.join(program.config, "imports.json");
    await world.recover(program);
    const first = readFileSync(file, "utf8");
    const { code, out } = await world.recover(program, ["--dry-run"]);
    expect(code).toBe(0);
    expect(out).toContain("to be imported");
    await world.recover(program);
    expect(readFileSync(file, "utf8")).toBe(first);
  });

  it("deletes imports.json when nothing is left to import", async () => {
    const program = world.platform(...ALL);
    program.imports({ "l1-network-main": [{ to: "vultr_vpc.vpc", id: "v0" }] });
    expect(await world.recover(program)).toMatchObject({ code: 0 });
    expect(program.imported).toBeUndefined();
  });

  it("changes nothing in a dry run, and says so with exit code 2", async () => {
    const program = world.platform(...L1);
    world.cluster.objects.set("/api/v1/namespaces/web", "there");
    const { code, out } = await world.recover(program, ["--dry-run"]);
    expect(code).toBe(2);
    expect(out).toContain("would be: import");
    expect(program.imported).toBeUndefined();
  });

  it("looks at chosen stacks only, and keeps what is listed for the others", async () => {
    const program = world.platform(...L1);
    world.cluster.objects.set("/api/v1/namespaces/web", "there");
    program.imports({ "l1-edge-acme": [{ to: "cloudflare_ruleset.waf", id: "zones/zone1/r0" }] });
    expect(await world.recover(program, ["--stack", "l2-secrets-main"])).toMatchObject({ code: 0 });
    expect(program.imported).toMatchObject({ "l1-edge-acme": [{ id: "zones/zone1/r0" }] });
    expect(world.cluster.requests).toEqual([]);
    const { code, err } = await world.recover(program, ["--stack", "l2-base"]);
    expect(code).toBe(1);
    expect(err).toContain("Did you mean l2-base-main");
  });
});
