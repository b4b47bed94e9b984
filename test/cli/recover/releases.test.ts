import { FakeClouds } from "./support/fake-clouds";
import { FakeCluster, type Revision } from "./support/fake-cluster";
import { lose, platform, recover, STACKS } from "./support/platform";
import { TestProgram } from "./support/program";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const L1 = ["l1-edge-acme", "l1-network-main", "l1-cluster-main"] as const;
const ALL = [...L1, "l2-base-main", "l2-secrets-main"] as const;
/** The release of the program: its timeout is 300 s. */
const WEB = { namespace: "web", release: "web" };
const deployed = (revision: number): Revision => ({ ...WEB, revision, status: "deployed", age: 9000 });
const pending = (status: string, revision = 1, age = 400): Revision => ({ ...WEB, revision, status, age });

let clouds: FakeClouds;
let cluster: FakeCluster;

beforeEach(async () => {
  clouds = await FakeClouds.start();
  cluster = await FakeCluster.start();
});

afterEach(async () => {
  await clouds.stop();
  await cluster.stop();
});

/** All is applied but the release itself: its installation was interrupted. */
function interrupted() {
  const program = platform(cluster, ...L1);
  lose(program, "l2-base-main", ["helm_release.web"]);
  return program;
}

describe("a pending release", () => {
  it.each([
    ["pending-install", []],
    ["pending-upgrade", [deployed(1)]],
    ["pending-rollback", [deployed(1), { ...WEB, revision: 2, status: "failed", age: 9000 }]],
  ])("that is %s loses that revision's record, and no other", async (status, before) => {
    const program = platform(cluster, ...ALL);
    cluster.put(...before, pending(status, before.length + 1));
    const left = cluster.releases.slice(0, -1);
    const { code, out } = await recover(program, clouds);
    expect(code).toBe(0);
    expect(cluster.releases).toEqual(left);
    expect(out).toMatch(
      new RegExp(`release web/web, revision ${before.length + 1}\\s+release cleared\\s+${status} for 7 min`),
    );
  });

  it("stays as long as Helm may still be at it, and says how long", async () => {
    cluster.put(pending("pending-install", 1, 200));
    const { code, err } = await recover(interrupted(), clouds);
    expect(code).toBe(1);
    expect(err).toMatch(
      /l2-base-main release web\/web: is pending-install for 4 min: Helm may still be at it, for 1\d\d? s more/,
    );
    expect(cluster.releases).toHaveLength(1);
  });

  it("has the same time once more when a failure is rolled back", async () => {
    const program = atomic();
    cluster.put(pending("pending-install", 1, 400));
    expect(await recover(program, clouds)).toMatchObject({ code: 1 });
    cluster.put(pending("pending-install", 1, 620));
    expect(await recover(program, clouds)).toMatchObject({ code: 0 });
    expect(cluster.releases).toEqual([]);
  });

  it("is cleared before that time with --force", async () => {
    cluster.put(pending("pending-install", 1, 10));
    const { code, out } = await recover(interrupted(), clouds, ["--force"]);
    expect(code).toBe(0);
    expect(out).toMatch(/pending-install for \d+ s/);
    expect(cluster.releases).toEqual([]);
  });

  it("is measured from when Helm wrote its record last", async () => {
    cluster.put({ ...pending("uninstalling", 1, 10), rewritten: true });
    expect(await recover(interrupted(), clouds)).toMatchObject({ code: 1 });
    expect(cluster.releases).toHaveLength(1);
  });

  it("is no longer in the way when a newer revision is there", async () => {
    cluster.put(pending("pending-upgrade", 1), deployed(2));
    expect(await recover(platform(cluster, ...ALL), clouds)).toMatchObject({ code: 0, out: "Nothing to recover." });
    expect(cluster.releases).toHaveLength(2);
  });

  it("of another name in the same namespace is nobody's business", async () => {
    cluster.put({ ...pending("pending-install"), release: "of-somebody-else" });
    expect(await recover(platform(cluster, ...ALL), clouds)).toMatchObject({ code: 0 });
    expect(cluster.releases).toHaveLength(1);
  });

  it("is found on a later page", async () => {
    const others = [1, 2, 3].map((revision) => ({ ...deployed(revision), release: "another" }));
    cluster.put(...others, pending("pending-install"));
    expect(await recover(interrupted(), clouds)).toMatchObject({ code: 0 });
    expect(cluster.releases).toHaveLength(3);
  });

  it("is only shown in a dry run", async () => {
    cluster.put(pending("pending-install"));
    const { code, out } = await recover(interrupted(), clouds, ["--dry-run"]);
    expect(code).toBe(2);
    expect(out).toContain("would be: release cleared");
    expect(cluster.releases).toHaveLength(1);
  });

  it("stays when Helm writes to its record at the same moment", async () => {
    cluster.put(pending("pending-install"));
    cluster.onRequest = (method) => {
      if (method === "DELETE") cluster.touch();
      return undefined;
    };
    const { code, err } = await recover(interrupted(), clouds);
    expect(code).toBe(1);
    expect(err).toContain("Helm has just written to its record sh.helm.release.v1.web.v1: something is deploying");
    expect(cluster.releases).toHaveLength(1);
  });

  it("stays when a deployment begins after the states were read", async () => {
    const program = interrupted();
    cluster.put(pending("pending-install"));
    cluster.onRequest = () => {
      program.lock("l2-base-main");
      return undefined;
    };
    const { code, err } = await recover(program, clouds, ["--force"]);
    expect(code).toBe(1);
    expect(err).toContain("state of l2-base-main: is locked by ada@laptop");
    expect(cluster.releases).toHaveLength(1);
  });
});

describe("a release that was being uninstalled", () => {
  it("is cleared when no state knows it: an atomic install was killed while it cleaned up", async () => {
    cluster.put(pending("uninstalling"));
    expect(await recover(interrupted(), clouds)).toMatchObject({ code: 0 });
    expect(cluster.releases).toEqual([]);
  });

  it("stays when the state knows it, because destroying it goes on from there", async () => {
    cluster.put(pending("uninstalling"));
    const program = platform(cluster, ...ALL);
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain("its destruction was interrupted. Destroy it again, which goes on.");
    expect(cluster.releases).toHaveLength(1);
    expect(await recover(program, clouds, ["--force"])).toMatchObject({ code: 0 });
    expect(cluster.releases).toEqual([]);
  });
});

function atomic(): TestProgram {
  const base = STACKS["l2-base-main"];
  const web = { ...base.json.resource.helm_release.web, atomic: true };
  const json = { ...base.json, resource: { helm_release: { web } } };
  const program = new TestProgram({ "l1-cluster-main": STACKS["l1-cluster-main"], "l2-base-main": { json } });
  program.state("l1-cluster-main", { "terraform_data.x": {} }, cluster.outputs);
  clouds.vultr = { "kubernetes/clusters": [] };
  return program;
}
