import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { clientsOf, poolSpec, temporaryFolder } from "../../../cluster-support";
import { runningBelow } from "../../processes";
import { deployAndWait, makeNamespace, nodesOfPods } from "../deployments";
import { type OpenedClusters, REPLICAS, SPEC } from "./opened";

/** Clusters that are ended and resumed. */
export function stoppedTests(opened: OpenedClusters): void {
  describe("a cluster that was stopped", () => {
    test("comes back with all that it holds, at the same address, and works on", async () => {
      const folder = temporaryFolder();
      const first = opened.open(folder);
      const connection = await first.create(SPEC);
      await first.setPool(SPEC.id, poolSpec("general", 2));
      const before = clientsOf(first, SPEC.id);
      await makeNamespace(before, "work");
      await deployAndWait(before, "work", "kept", REPLICAS);
      const secret = await before.core.createNamespacedSecret({
        namespace: "work",
        body: { metadata: { name: "kept" }, stringData: { a: "b" } },
      });
      await first.stop();
      expect(runningBelow(folder)).toEqual([]);

      const second = opened.open(folder);
      expect(await second.resume([SPEC.id])).toEqual([]);
      const [running] = second.running();
      expect(running?.connection).toEqual(connection);
      expect(running?.bootSeconds).toBeLessThan(15);
      const after = clientsOf(second, SPEC.id);
      expect(await after.core.readNamespacedSecret({ namespace: "work", name: "kept" })).toEqual(secret);
      expect(
        (await after.apps.readNamespacedDeployment({ namespace: "work", name: "kept" })).status?.readyReplicas,
      ).toBe(2);
      expect(await nodesOfPods(after.core, "work", "kept")).toHaveLength(2);
      await deployAndWait(after, "work", "new", REPLICAS);
      await second.setPool(SPEC.id, poolSpec("general", 3));
      expect((await after.core.listNode()).items).toHaveLength(3);
      // A creation that is asked for again, because its answer was never written down, finds the cluster as well.
      expect(await second.create(SPEC)).toEqual(connection);
    });

    test("does not come back when another program took its port, and says which and what to do", async () => {
      const folder = temporaryFolder();
      const first = opened.open(folder);
      const { server } = await first.create(SPEC);
      await first.stop();
      const port = Number(new URL(server).port);
      const stranger = createServer().listen(port, "127.0.0.1");
      try {
        const refused = opened.open(folder).resume([SPEC.id]);
        await expect(refused).rejects.toThrow(
          new RegExp(
            `^Port ${port} .*in use by another program, and the API server of cluster platform needs it.\n.*End that program`,
          ),
        );
        expect(runningBelow(folder)).toEqual([]);
      } finally {
        stranger.close();
      }
      expect(await opened.open(folder).resume([SPEC.id])).toEqual([]);
    });

    test("is forgotten with its folder when nobody names it any more", async () => {
      const folder = temporaryFolder();
      const first = opened.open(folder);
      await first.create(SPEC);
      await first.stop();
      const second = opened.open(folder);
      expect(await second.resume([])).toEqual([]);
      expect(readdirSync(folder)).toEqual([]);
    });
  });
}
