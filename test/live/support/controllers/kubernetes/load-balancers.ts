import { loadBalancer } from "../manifests";
import { becomes } from "../objects";
import type { Playground } from "../playground";
import { addressOf, core } from "./team";

/** Addresses of Services. Leaves the Service `machine`. */
export function loadBalancerTests(playground: Playground): void {
  describe("load balancers", () => {
    test("a Service of type LoadBalancer gets an address of its own, and is held until it is given back", async () => {
      await playground.objects.make(`${core}/services`, loadBalancer("web"));
      await playground.objects.make(`${core}/services`, loadBalancer("machine"));
      await becomes(() => addressOf(playground, "web"), expect.stringMatching(/^198\.51\.100\.\d+$/));
      await becomes(() => addressOf(playground, "machine"), expect.stringMatching(/^198\.51\.100\.\d+$/));
      expect(await addressOf(playground, "web")).not.toBe(await addressOf(playground, "machine"));
      expect(await playground.objects.value(`${core}/services/web`, "metadata.finalizers")).toEqual([
        "service.kubernetes.io/load-balancer-cleanup",
      ]);
    });

    test("the same name gets the same address again", async () => {
      const before = await addressOf(playground, "web");
      await playground.objects.remove(`${core}/services/web`);
      await becomes(() => playground.objects.find(`${core}/services/web`), undefined);
      await playground.objects.make(`${core}/services`, loadBalancer("web"));
      await becomes(() => addressOf(playground, "web"), before);
    });

    test("a Service that is no load balancer any more gives its address back", async () => {
      await playground.objects.change(`${core}/services/web`, { spec: { type: "ClusterIP" } });
      await becomes(() => playground.objects.value(`${core}/services/web`, "metadata.finalizers"), undefined);
      expect(await addressOf(playground, "web")).toBeUndefined();
    });
  });
}
