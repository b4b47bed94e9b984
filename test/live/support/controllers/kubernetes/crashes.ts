import { job, loadBalancer } from "../manifests";
import { becomes } from "../objects";
import type { Playground } from "../playground";
import { addressOf, availableOf, batch, core } from "./team";

/** Servers and controllers that go and come back. It needs the Service `machine` and the Deployment `gate`. */
export function crashTests(playground: Playground): void {
  describe("when servers go and come back", () => {
    test("a crash of the API server is told of", async () => {
      await playground.clusters.kill(playground.cluster.id, "kube-apiserver");
      await becomes(
        async () => playground.failures,
        [expect.stringMatching(/^API server: the API server cannot be reached/)],
      );
    });

    test.each(["kube-apiserver", "etcd"] as const)("after a crash of %s everything goes on", async (program) => {
      await playground.clusters.kill(playground.cluster.id, program);
      await playground.clusters.restart(playground.cluster.id);
      await playground.objects.make(`${core}/services`, loadBalancer(`after-${program}`));
      await becomes(() => addressOf(playground, `after-${program}`), expect.stringMatching(/^198\.51\.100\.\d+$/));
      await playground.objects.make(`${batch}/jobs`, job(`after-${program}`));
      const complete = () => playground.objects.condition(`${batch}/jobs/after-${program}`, "Complete");
      await becomes(complete, expect.stringMatching(/^True/));
      await becomes(async () => playground.failures, []);
    });

    test("controllers that are started anew take up what they find", async () => {
      const before = await addressOf(playground, "machine");
      playground.faults.fail({ namespace: "team", name: "gate" });
      await playground.startControllersAnew();
      const available = () => availableOf(playground, "gate");
      await becomes(available, undefined);
      playground.faults.clear();
      await becomes(available, 2);
      expect(await addressOf(playground, "machine")).toBe(before);
    });
  });
}
