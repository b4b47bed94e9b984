import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { clusterSpec, eventually, poolSpec } from "../../cluster-support";
import { deployAndWait, makeNamespace, nodesOfPods, podSpec } from "./deployments";
import { PLATFORM, type TwoClusters } from "./two-clusters";

/** Pools that grow, shrink, change and go. */
export function poolTests(world: TwoClusters): void {
  describe("pools", () => {
    const pool = (count: number, changes = {}) => poolSpec("batch", count, { labels: { tier: "batch" }, ...changes });
    const spec = podSpec({ nodeSelector: { tier: "batch" } });

    beforeAll(async () => {
      const { platform, clusters } = world;
      await makeNamespace(platform, "pools");
      await clusters.setPool(PLATFORM.id, pool(1));
    });

    test("more nodes are added, and fewer take their pods elsewhere", async () => {
      const { platform, clusters } = world;
      expect(await deployAndWait(platform, "pools", "app", { replicas: 2, spec })).toEqual(["batch-1", "batch-1"]);
      await clusters.setPool(PLATFORM.id, pool(3));
      expect((await platform.core.listNode({ labelSelector: "tier=batch" })).items).toHaveLength(3);
      await clusters.setPool(PLATFORM.id, { ...pool(3), nodes: pool(3).nodes.slice(1) });
      const { items } = await platform.core.listNode({ labelSelector: "tier=batch" });
      expect(items.map(({ metadata }) => metadata?.name)).toEqual(["batch-2", "batch-3"]);
      const nodes = await eventually("the pods are elsewhere", async () => {
        const found = await nodesOfPods(platform.core, "pools", "app");
        return found.length === 2 && found.every((name) => name !== "" && name !== "batch-1") ? found : undefined;
      });
      expect(nodes).toHaveLength(2);
    });

    test("labels and taints change, and what others put on a node stays", async () => {
      const { platform, clusters } = world;
      const foreign = { metadata: { labels: { "example.com/by-hand": "yes" } } };
      const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
      await platform.core.patchNode({ name: "batch-2", body: foreign }, merge);
      const taint = { key: "batch", value: "only", effect: "PreferNoSchedule" };
      const changed = { ...pool(3, { labels: { tier: "batch", speed: "low" }, taints: [taint] }) };
      const wanted = { ...changed, nodes: changed.nodes.slice(1) };
      await clusters.setPool(PLATFORM.id, wanted);
      const labelled = await platform.core.readNode({ name: "batch-2" });
      expect(labelled.metadata?.labels).toMatchObject({ speed: "low", "example.com/by-hand": "yes" });
      expect(labelled.spec?.taints).toEqual([taint]);
      await clusters.setPool(PLATFORM.id, { ...wanted, labels: { tier: "batch" }, taints: [] });
      const { metadata, spec: cleared } = await platform.core.readNode({ name: "batch-2" });
      expect(metadata?.labels).toMatchObject({ tier: "batch", "example.com/by-hand": "yes" });
      expect(metadata?.labels).not.toHaveProperty("speed");
      expect(cleared?.taints ?? []).toEqual([]);
    });

    test("a pool that is removed takes its nodes with it and no others", async () => {
      const { platform, clusters } = world;
      await clusters.removePool(PLATFORM.id, pool(0).id);
      const { items } = await platform.core.listNode();
      expect(items.map(({ metadata }) => metadata?.name).sort()).toEqual(["general-1", "general-2", "restricted-1"]);
      await clusters.removePool(PLATFORM.id, pool(0).id);
    });

    test("a plan that nobody knows is refused as the API refuses it", async () => {
      const { clusters } = world;
      await expect(clusters.setPool(PLATFORM.id, poolSpec("odd", 1, { plan: "vc2-4c" }))).rejects.toThrow(
        /Invalid plan/,
      );
    });

    test("a label that Kubernetes does not take is told in words", async () => {
      const { clusters } = world;
      const odd = poolSpec("odd", 1, { labels: { tier: "not a value" } });
      await expect(clusters.setPool(PLATFORM.id, odd)).rejects.toThrow(
        /^The API server of cluster platform answered 422/,
      );
    });

    test("a pool of a cluster that is not there is refused, and its removal is no mistake", async () => {
      const { clusters } = world;
      await expect(clusters.setPool(clusterSpec("none").id, pool(1))).rejects.toThrow("Invalid resource ID");
      await clusters.removePool(clusterSpec("none").id, pool(1).id);
    });
  });
}
