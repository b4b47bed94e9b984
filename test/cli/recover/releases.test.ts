import type { Revision } from "./support/fake-cluster";
import { lose, STACKS } from "./support/platform";
import { TestProgram } from "./support/program";
import { ALL, L1, World } from "./support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

/** The release of the program: its timeout is 300 s. */
const WEB = { namespace: "web", release: "web" };
const deployed = (revision: number): Revision => ({ ...WEB, revision, status: "deployed", age: 9000 });
const pending = (status: string, revision = 1, age = 400): Revision => ({ ...WEB, revision, status, age });

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

/** All is applied but the release itself: its installation was interrupted. */
function interrupted() {
  const program = world.platform(...L1);
  lose(program, "l2-base-main", ["helm_release.web"]);
  return program;
}

describe("a pending release", () => {
  it.each([
    ["pending-install", []],
    ["pending-upgrade", [deployed(1)]],
    ["pending-rollback", [deployed(1), { ...WEB, revision: 2, status: "failed", age: 9000 }]],
  ])("that is %s loses that revision's record, and no other", async (status, before) => {
    const program = world.platform(...ALL);
    world.cluster.put(...before, pending(status, before.length + 1));
    const left = world.cluster.releases.slice(0, -1);
    const { code, out } = await world.recover(program);
    expect(code).toBe(0);
    expect(world.cluster.releases).toEqual(left);
    expect(out).toMatch(
      new RegExp(`release web/web, revision ${before.length + 1}\\s+release cleared\\s+${status} for 7 min`),
    );
  });

  it("stays as long as Helm may still be at it, and says how long", async () => {
    world.cluster.put(pending("pending-install", 1, 200));
    const { code, err } = await world.recover(interrupted());
    expect(code).toBe(1);
    expect(err).toMatch(
      /l2-base-main release web\/web: is pending-install for 4 min: Helm may still be at it, for 1\d\d? s more/,
    );
    expect(world.cluster.releases).toHaveLength(1);
  });

  it("has the same time once more when a failure is rolled back", async () => {
    const program = atomic();
    world.cluster.put(pending("pending-install", 1, 400));
    expect(await world.recover(program)).toMatchObject({ code: 1 });
    world.cluster.put(pending("pending-install", 1, 620));
    expect(await world.recover(program)).toMatchObject({ code: 0 });
    expect(world.cluster.releases).toEqual([]);
  });

  it("is cleared before that time with --force", async () => {
    world.cluster.put(pending("pending-install", 1, 10));
    const { code, out } = await world.recover(interrupted(), ["--force"]);
    expect(code).toBe(0);
    expect(out).toMatch(/pending-install for \d+ s/);
    expect(world.cluster.releases).toEqual([]);
  });

  it("is measured from when Helm wrote its record last", async () => {
    world.cluster.put({ ...pending("uninstalling", 1, 10), rewritten: true });
    expect(await world.recover(interrupted())).toMatchObject({ code: 1 });
    expect(world.cluster.releases).toHaveLength(1);
  });

  it("is no longer in the way when a newer revision is there", async () => {
    world.cluster.put(pending("pending-upgrade", 1), deployed(2));
    expect(await world.recover(world.platform(...ALL))).toMatchObject({ code: 0, out: "Nothing to recover." });
    expect(world.cluster.releases).toHaveLength(2);
  });

  it("of another name in the same namespace is nobody's business", async () => {
    world.cluster.put({ ...pending("pending-install"), release: "of-somebody-else" });
    expect(await world.recover(world.platform(...ALL))).toMatchObject({ code: 0 });
    expect(world.cluster.releases).toHaveLength(1);
  });

  it("is found on a later page", async () => {
    const others = [1, 2, 3].map((revision) => ({ ...deployed(revision), release: "another" }));
    world.cluster.put(...others, pending("pending-install"));
    expect(await world.recover(interrupted())).toMatchObject({ code: 0 });
    expect(world.cluster.releases).toHaveLength(3);
  });

  it("is only shown in a dry run", async () => {
    world.cluster.put(pending("pending-install"));
    const { code, out } = await world.recover(interrupted(), ["--dry-run"]);
    expect(code).toBe(2);
    expect(out).toContain("would be: release cleared");
    expect(world.cluster.releases).toHaveLength(1);
  });

  it("stays when Helm writes to its record at the same moment", async () => {
    world.cluster.put(pending("pending-install"));
    world.cluster.onRequest = (method) => {
      if (method === "DELETE") world.cluster.touch();
      return undefined;
    };
    const { code, err } = await world.recover(interrupted());
    expect(code).toBe(1);
    expect(err).toContain("Helm has just written to its record sh.helm.release.v1.web.v1: something is deploying");
    expect(world.cluster.releases).toHaveLength(1);
  });

  it("stays when a deployment begins after the states were read", async () => {
    const program = interrupted();
    world.cluster.put(pending("pending-install"));
    world.cluster.onRequest = () => {
      program.lock("l2-base-main");
      return undefined;
    };
    const { code, err } = await world.recover(program, ["--force"]);
    expect(code).toBe(1);
    expect(err).toContain("state of l2-base-main: is locked by ada@laptop");
    expect(world.cluster.releases).toHaveLength(1);
  });
});

describe("a release that was being uninstalled", () => {
  it("is cleared when no state knows it: an atomic install was killed while it cleaned up", async () => {
    world.cluster.put(pending("uninstalling"));
    expect(await world.recover(interrupted())).toMatchObject({ code: 0 });
    expect(world.cluster.releases).toEqual([]);
  });

  it("stays when the state knows it, because destroying it goes on from there", async () => {
    world.cluster.put(pending("uninstalling"));
    const program = world.platform(...ALL);
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain("its destruction was interrupted. Destroy it again, which goes on.");
    expect(world.cluster.releases).toHaveLength(1);
    expect(await world.recover(program, ["--force"])).toMatchObject({ code: 0 });
    expect(world.cluster.releases).toEqual([]);
  });
});

function atomic(): TestProgram {
  const base = STACKS["l2-base-main"];
  const web = { ...base.json.resource.helm_release.web, atomic: true };
  const json = { ...base.json, resource: { helm_release: { web } } };
  const program = new TestProgram({ "l1-cluster-main": STACKS["l1-cluster-main"], "l2-base-main": { json } });
  program.state("l1-cluster-main", { "terraform_data.x": {} }, world.cluster.outputs);
  world.clouds.vultr = { "kubernetes/clusters": [] };
  return program;
}
