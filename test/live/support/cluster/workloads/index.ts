import { eventually } from "../../../cluster-support";
import { deployAndWait, makeNamespace, podSpec, refusalOf } from "../deployments";
import type { TwoClusters } from "../two-clusters";
import { controlledTests } from "./controlled";
import { podTests } from "./pods";

/** What runs in a cluster. */
export function workloadTests(world: TwoClusters): void {
  describe("workloads", () => {
    beforeAll(() => makeNamespace(world.platform, "work"));

    controlledTests(world);
    podTests(world);

    test("a service gets the addresses of its pods", async () => {
      const { platform } = world;
      await platform.core.createNamespacedService({
        namespace: "work",
        body: { metadata: { name: "web" }, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } },
      });
      const addresses = await eventually("it has them", async () => {
        const { subsets } = await platform.core.readNamespacedEndpoints({ name: "web", namespace: "work" });
        const found = subsets?.flatMap((subset) => subset.addresses ?? []) ?? [];
        return found.length === 4 ? found.map(({ ip }) => ip) : undefined;
      });
      expect(new Set(addresses).size).toBe(4);
    });

    test("a namespace with all of it can be deleted", async () => {
      const { platform } = world;
      await makeNamespace(platform, "short");
      await deployAndWait(platform, "short", "web", { replicas: 2, spec: podSpec() });
      await platform.core.deleteNamespace({ name: "short" });
      await eventually("it is gone", () => refusalOf(platform.core.readNamespace({ name: "short" })));
    });
  });
}
