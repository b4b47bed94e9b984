import { loadPlatform } from "../../../schema/load";
import { synthesize } from "../../helpers/examples";
import { removeMistakes } from "../../helpers/mistakes";
import { at, type KubernetesObject, releasesOf } from "../../helpers/releases";
import { backedUp, data, NOW, YESTERDAY } from "./support";

jest.setTimeout(120_000);
beforeEach(() => void jest.spyOn(Date, "now").mockReturnValue(NOW));
afterEach(() => void jest.restoreAllMocks());
afterAll(removeMistakes);

/** The data stack of staging, as Helm gets it. */
function objectsOf(folder: string): readonly KubernetesObject[] {
  const { stacks } = synthesize(loadPlatform(folder), { only: "l3-data-staging" });
  return releasesOf(stacks).flatMap(({ objects }) => objects);
}

function names(objects: readonly KubernetesObject[], kind: string): readonly string[] {
  return objects
    .filter((object) => object.kind === kind)
    .map(({ name }) => name)
    .sort();
}

/** Names of the clusters that have the service of consumers. */
function servingClusters(objects: readonly KubernetesObject[]): readonly string[] {
  return objects
    .filter(({ kind, json }) => kind === "Cluster" && at(json, "spec", "managed", "services") !== undefined)
    .map(({ name }) => name);
}

test("what the commands write synthesizes at every step, beside what served before", async () => {
  const folder = backedUp();
  for (const store of ["postgresql", "clickhouse"]) {
    expect((await data(["restore", "staging", store, "--to", YESTERDAY, "--write"], folder)).code).toBe(0);
  }
  const restored = objectsOf(folder);
  expect(names(restored, "Cluster")).toEqual(["postgresql", "postgresql-2"]);
  expect(names(restored, "ClickHouseInstallation")).toEqual(["clickhouse", "clickhouse-2"]);
  expect(servingClusters(restored)).toEqual(["postgresql"]);
  const added = restored.find(({ kind, name }) => kind === "Cluster" && name === "postgresql-2");
  expect(at(added?.json, "spec", "bootstrap", "recovery")).toMatchObject({
    source: "postgresql",
    recoveryTarget: { targetTime: YESTERDAY },
  });

  for (const store of ["postgresql", "clickhouse"]) {
    expect((await data(["switch", "staging", store, "--write"], folder)).code).toBe(0);
  }
  const switched = objectsOf(folder);
  expect(names(switched, "Cluster")).toEqual(["postgresql", "postgresql-2"]);
  expect(servingClusters(switched)).toEqual(["postgresql-2"]);

  for (const store of ["postgresql", "clickhouse"]) {
    expect((await data(["retire", "staging", store, "--write"], folder)).code).toBe(0);
  }
  const retired = objectsOf(folder);
  expect(names(retired, "Cluster")).toEqual(["postgresql-2"]);
  expect(names(retired, "ClickHouseInstallation")).toEqual(["clickhouse-2"]);
});

test("the names in a plan are those of what is deployed", async () => {
  const folder = backedUp();
  const { out } = await data(["restore", "staging", "clickhouse", "--write", "--json"], folder);
  const objects = objectsOf(folder);
  const [installation] = names(objects, "ClickHouseInstallation").filter((name) => name.endsWith("-2"));
  const json = objects.find(({ name, kind }) => name === installation && kind === "ClickHouseInstallation")?.json;
  // The operator's pattern: chi-<installation>-<cluster>-<shard>-<replica>-0.
  const cluster = at(json, "spec", "configuration", "clusters", 0, "name");
  expect(out).toContain(`chi-${installation}-${cluster}-0-0-0 -c clickhouse`);
  const service = at(json, "spec", "templates", "serviceTemplates", 0, "generateName");
  expect(out).toContain(`service/${service} 18123:8123`);
  const pods = at(json, "spec", "templates", "podTemplates", 0, "spec", "containers", 0, "name");
  expect(pods).toBe("clickhouse");
  const jobs = objects.filter(({ kind }) => kind === "Job");
  const restore = jobs.find(({ name }) => name.startsWith(`${installation}-restore`));
  expect(at(restore?.json, "spec", "template", "metadata", "labels")).toMatchObject({
    "app.kubernetes.io/name": "clickhouse",
    "app.kubernetes.io/component": "backup",
  });
});
