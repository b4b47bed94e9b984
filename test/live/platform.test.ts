import { rmSync } from "node:fs";
import path from "node:path";
import { readDeclarations } from "../../cli/secrets/declarations";
import type { ClusterConnection } from "../../sandbox/clusters/driver";
import { readProgram, readStacks } from "../../sandbox/run/program";
import type { Report } from "../../sandbox/run/report";
import { readState } from "../../sandbox/run/states";
import { temporaryFolder } from "../sandbox/support";
import { canarySuite } from "./support/canary/suite";
import { ClusterLook, isSystem } from "./support/cluster-look";
import { LivePlatform } from "./support/platform";
import { runningBelow } from "./support/processes";
import { PlatformRotation } from "./support/rotation/platform-rotation";
import { proveLogins, unexpected } from "./support/vault-logins";

jest.setTimeout(15 * 60_000);

const folder = temporaryFolder();
const platform = new LivePlatform({ folder });
const CLUSTERS = ["acme-platform", "acme-prod"];

function connectionOf(label: string): ClusterConnection {
  const cluster = platform.engine.clusters.running().find((each) => each.label === label);
  if (cluster === undefined) throw new Error(`No cluster ${label} runs.`);
  return cluster.connection;
}

/** A cluster by its label. */
function look(label: string): ClusterLook {
  return new ClusterLook(connectionOf(label));
}

afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the example organisation on real servers", () => {
  let report: Report;

  test("deploys 18 stacks with real providers, and a second plan is empty", async () => {
    report = await platform.deploy();
    console.log(`deployed and planned again in ${report.seconds} s; ${JSON.stringify(report.clusters)}`);
    expect(report.stacks).toHaveLength(18);
    expect(report.stacks.every(({ created }) => created > 0)).toBe(true);
    expect(report.replan).toEqual({ changes: 0 });
    expect(report.mode).toBe("live");
  });

  test("keeps to the memory that a developer's machine can spare", () => {
    for (const { memoryMb } of report.clusters) expect(memoryMb).toBeLessThan(600);
    expect(report.clusters.every(({ bootSeconds }) => bootSeconds < 15)).toBe(true);
  });

  test("says which charts were stand-ins, and which versions were tested in the place of which", () => {
    expect(report.charts.length).toBeGreaterThan(7);
    expect(new Set(report.charts.map(({ source }) => source))).toEqual(new Set(["stand-in"]));
    expect(report.engine.programs.vault).toEqual({ pinned: "2.0.4", tested: "v1.21.0" });
    expect(report.engine.providers["hashicorp/helm"]).toEqual({ pinned: "3.1.1", tested: "3.2.0" });
  });

  test("puts every release and namespace into the cluster of its stack, and none into the other", async () => {
    const stacks = readStacks(platform.paths.out);
    const expected = new Map(CLUSTERS.map((label) => [label, new Set<string>()]));
    for (const json of stacks.values()) {
      for (const release of Object.values(json.resource?.helm_release ?? {})) {
        const alias = String(release.provider).replace("helm.", "");
        expected.get(`acme-${alias}`)?.add(`${String(release.namespace)}/${String(release.name)}`);
      }
    }
    for (const label of CLUSTERS) {
      const releases = await look(label).releases();
      expect(releases.map(({ namespace, name }) => `${namespace}/${name}`).sort()).toEqual(
        [...(expected.get(label) ?? [])].sort(),
      );
      expect(releases.filter(({ status }) => status !== "deployed")).toEqual([]);
    }
  });

  test("every namespace of ours enforces Pod Security restricted, and every pod in it was admitted and is ready", async () => {
    for (const label of CLUSTERS) {
      const cluster = look(label);
      const namespaces = (await cluster.namespaces()).filter(({ name }) => !isSystem(name));
      expect(namespaces.length).toBeGreaterThan(5);
      expect(namespaces.filter(({ enforce }) => enforce !== "restricted")).toEqual([]);
      expect(await cluster.workloadsNotReady()).toEqual([]);
      expect(await cluster.podsNotPlaced()).toEqual([]);
    }
  });

  test("certificates are issued, secrets delivered, load balancers addressed and volumes bound", async () => {
    for (const label of CLUSTERS) expect(await look(label).untilSettled()).toEqual([]);
  });

  test("every reader of Vault reads its own paths and nothing else, from both clusters", async () => {
    const { clusters } = readProgram(platform.paths.out);
    const connections = clusters.map(({ name, label }) => [name, connectionOf(label)] as const);
    const vault = platform.engine.vault.access();
    if (vault === undefined) throw new Error("Vault is not open.");
    const secrets = readDeclarations(platform.paths.out);
    const rows = await proveLogins({ vault, secrets, clusters: new Map(connections) });
    expect(rows.length).toBeGreaterThan(30);
    expect(unexpected(rows)).toEqual([]);
  });
});

describe("rotation", () => {
  test("of staging's database password reaches what uses it, and neither prod nor the plan", async () => {
    // A pool that grew meanwhile is taken into its state first.
    await platform.deploy();
    const clusters = { staging: connectionOf("acme-platform"), prod: connectionOf("acme-prod") };
    const rotation = new PlatformRotation(platform, clusters);
    const [staging, prod] = [await rotation.look("staging"), await rotation.look("prod")];
    const rotated = await rotation.strata("secrets", "rotate", "staging/openpanel", "postgres_password");
    expect(rotated).toMatchObject({ code: 0 });
    const after = await rotation.look("staging");
    expect(after.version).toBe(Number(staging.version) + 1);
    const { restarted } = PlatformRotation.difference(staging, after);
    expect(restarted).toEqual(["openpanel-staging/op-api", "openpanel-staging/op-worker"]);
    expect(await rotation.disagreements("staging")).toEqual([]);
    expect(await rotation.look("prod")).toEqual(prod);
    expect(await look("acme-platform").workloadsNotReady()).toEqual([]);
    const report = await platform.deploy();
    expect([LivePlatform.changed(report), report.replan]).toEqual([[], { changes: 0 }]);
  });
});

describe("changing one value", () => {
  test.each([
    {
      layer: "L1",
      file: "platform.yaml",
      from: 'contains ".php"',
      to: 'contains ".asp"',
      stacks: ["l1-edge-acme-example"],
    },
    {
      layer: "L2",
      file: "platform.yaml",
      from: "groups: [analytics]",
      to: "groups: [analytics, support]",
      stacks: ["l2-services-platform"],
    },
    {
      layer: "L3",
      file: "environments/prod.yaml",
      from: "storage: 200Gi",
      to: "storage: 300Gi",
      stacks: ["l3-data-prod"],
    },
    {
      layer: "L4",
      file: "environments/prod.yaml",
      from: "api: { min: 3 }",
      to: "api: { min: 4 }",
      stacks: ["l4-apps-prod"],
    },
  ])("in $layer changes $stacks and no other stack", async ({ file, from, to, stacks }) => {
    platform.change(file, from, to);
    expect(LivePlatform.changed(await platform.deploy())).toEqual(stacks);
  });
});

describe("what goes wrong", () => {
  test("a failing readiness Job leaves the layers above as they were, and the next run goes on", async () => {
    const above = readState(platform.paths.state, "l4-apps-staging");
    platform.change("environments/staging.yaml", "openpanel: {}", "openpanel:\n    replicas: { api: { min: 2 } }");
    platform.change("environments/staging.yaml", "apps:", "data:\n  postgresql: { storage: 30Gi }\n\napps:");
    platform.faults.fail({ namespace: "data-staging", name: "postgresql-openpanel-ready*" });
    await expect(platform.deploy()).rejects.toThrow(/l3-data-staging:[\s\S]*postgresql-openpanel-ready/);
    expect(readState(platform.paths.state, "l4-apps-staging")).toEqual(above);
    platform.faults.clear();
    expect(LivePlatform.changed(await platform.deploy())).toEqual(
      expect.arrayContaining(["l3-data-staging", "l4-apps-staging"]),
    );
  });
});

describe("upgrades", () => {
  test("a chart is upgraded by one line, as a new revision of its release", async () => {
    platform.change(
      "platform.yaml",
      "    components:\n",
      "    components:\n      cert-manager: { version: v1.21.2 }\n",
    );
    const changed = LivePlatform.changed(await platform.deploy());
    expect(changed).toEqual(["l2-base-platform"]);
    const releases = await look("acme-platform").releases();
    expect(releases).toContainEqual(
      expect.objectContaining({ name: "cert-manager", chartVersion: "v1.21.2", revision: 2, status: "deployed" }),
    );
  });

  test("OpenPanel is upgraded by one line, with a migration of its own, and taken back by the same line", async () => {
    const images = () => look("acme-prod").images("openpanel-prod");
    const before = await images();
    platform.change("environments/prod.yaml", "version: 2.3.0", "version: 2.3.1");
    expect(LivePlatform.changed(await platform.deploy())).toEqual(["l4-apps-prod"]);
    expect((await images()).every((image) => image.endsWith(":2.3.1"))).toBe(true);
    platform.change("environments/prod.yaml", "version: 2.3.1", "version: 2.3.0");
    expect(LivePlatform.changed(await platform.deploy())).toEqual(["l4-apps-prod"]);
    expect(await images()).toEqual(before);
  });
});

describe("crashes of servers", () => {
  test("an API server and a Vault that were killed come back with all they held", async () => {
    const { engine } = platform;
    for (const { id } of engine.clusters.running()) await engine.clusters.kill(id, "kube-apiserver");
    await engine.vault.server.kill();
    await expect(platform.deploy()).rejects.toThrow(/connection refused|connect: |Vault/);
    for (const { id } of engine.clusters.running()) await engine.clusters.restart(id);
    await engine.vault.open();
    expect(LivePlatform.changed(await platform.deploy())).toEqual([]);
  });

  test("a full restart of the sandbox keeps everything", async () => {
    await platform.stop();
    expect(runningBelow(folder)).toEqual([]);
    expect(LivePlatform.changed(await platform.deploy())).toEqual([]);
  });
});

const canary = canarySuite(platform);

describe("destroying", () => {
  test("goes from the top to the bottom and leaves nothing: no namespace, volume, address, process or folder", async () => {
    await platform.destroy();
    expect(runningBelow(path.join(folder, "sandbox", "servers", "clusters"))).toEqual([]);
    await platform.stop();
    expect(runningBelow(folder)).toEqual([]);
  });
});

canary.destroyed();
