import { releaseVolumes } from "../../../cli/leftovers/release";
import { IMPATIENT } from "../support/session";
import { FakeCluster, VOLUMES, volume } from "./fake-cluster";

const release = (cluster: FakeCluster, ...names: readonly string[]) =>
  releaseVolumes(
    cluster.transport,
    names.map((name) => ({ name })),
    { retry: IMPATIENT },
  );
const patches = (cluster: FakeCluster) => cluster.requests.filter((request) => request.startsWith("PATCH"));

test("a released volume gets the policy Delete, and nothing else of it changes", async () => {
  const cluster = new FakeCluster({ [VOLUMES]: [volume("one"), volume("two")] });
  expect(await release(cluster, "one")).toEqual([{ name: "one", result: "released" }]);
  expect(cluster.lists.get(VOLUMES)).toEqual([
    volume("two"),
    volume("one", { persistentVolumeReclaimPolicy: "Delete" }),
  ]);
});

test("what is released or gone already needs nothing", async () => {
  const cluster = new FakeCluster({ [VOLUMES]: [volume("one", { persistentVolumeReclaimPolicy: "Delete" })] });
  expect(await release(cluster, "one", "two")).toEqual([
    { name: "one", result: "going" },
    { name: "two", result: "gone" },
  ]);
  expect(patches(cluster)).toEqual([]);
});

test.each([
  ["Bound", /volume two\n {4}it is in use by the claim data-prod\/main-1/],
  ["Available", /volume two\n {4}it is Available/],
  ["Pending", /volume two\n {4}it is Pending/],
])("with one that is %s none is touched", async (phase, message) => {
  const cluster = new FakeCluster({ [VOLUMES]: [volume("one"), volume("two", {}, phase)] });
  await expect(release(cluster, "one", "two")).rejects.toThrow(message);
  expect(patches(cluster)).toEqual([]);
  expect(cluster.policy("one")).toBe("Retain");
});

test("a volume that is claimed after it was read keeps its policy", async () => {
  const cluster = new FakeCluster({ [VOLUMES]: [volume("one")] });
  cluster.intercept = ({ method }) => {
    if (method === "PATCH") {
      cluster.replace("one", { ...volume("one", {}, "Bound"), metadata: { name: "one", resourceVersion: "2" } });
    }
    return undefined;
  };
  await expect(release(cluster, "one")).rejects.toThrow("it is in use by the claim");
  expect(cluster.policy("one")).toBe("Retain");
});

test("a volume that somebody else changed meanwhile is read again", async () => {
  const cluster = new FakeCluster({ [VOLUMES]: [volume("one")] });
  let changed = false;
  cluster.intercept = ({ method }) => {
    if (method === "PATCH" && !changed) {
      changed = true;
      cluster.replace("one", { ...volume("one"), metadata: { name: "one", resourceVersion: "2" } });
    }
    return undefined;
  };
  expect(await release(cluster, "one")).toEqual([{ name: "one", result: "released" }]);
  expect(patches(cluster)).toHaveLength(2);
});

test("a volume that is changed again and again is given up", async () => {
  const cluster = new FakeCluster({ [VOLUMES]: [volume("one")] });
  cluster.intercept = ({ method }) => (method === "PATCH" ? { status: 409, body: {} } : undefined);
  await expect(release(cluster, "one")).rejects.toThrow("somebody else keeps changing it");
});

test("a volume that goes meanwhile is gone", async () => {
  const cluster = new FakeCluster({ [VOLUMES]: [volume("one")] });
  cluster.intercept = ({ method }) => {
    if (method === "PATCH") cluster.replace("one", undefined);
    return undefined;
  };
  expect(await release(cluster, "one")).toEqual([{ name: "one", result: "gone" }]);
});
