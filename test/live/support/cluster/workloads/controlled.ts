import { eventually } from "../../../cluster-support";
import { deployAndWait, podSpec } from "../deployments";
import type { TwoClusters } from "../two-clusters";

const TOLERATION = { key: "workload", operator: "Equal", value: "system", effect: "NoSchedule" };

/** Deployments and stateful sets. Leaves the Deployment `web`, with four pods. */
export function controlledTests(world: TwoClusters): void {
  test("a deployment becomes ready where the taints let it", async () => {
    const { platform } = world;
    const replicas = 4;
    const nodes = await deployAndWait(platform, "work", "web", { replicas, spec: podSpec() });
    expect(new Set(nodes)).toEqual(new Set(["general-1", "general-2"]));
    const spec = podSpec({ tolerations: [TOLERATION], nodeSelector: { tier: "system" } });
    const tolerant = await deployAndWait(platform, "work", "system", { replicas: 2, spec });
    expect(tolerant).toEqual(["restricted-1", "restricted-1"]);
  });

  test("pods are ready within a second after they were scheduled", async () => {
    const { platform } = world;
    const { items } = await platform.core.listNamespacedPod({ namespace: "work", labelSelector: "app=web" });
    expect(items).toHaveLength(4);
    for (const { status } of items) {
      const since = (type: string): number =>
        status?.conditions?.find((each) => each.type === type)?.lastTransitionTime?.getTime() ?? Number.NaN;
      // Kubernetes writes whole seconds.
      expect(since("Ready") - since("PodScheduled")).toBeLessThanOrEqual(1000);
    }
  });

  test("a pod that asks for more than any node has stays where it is", async () => {
    const { platform } = world;
    const resources = { requests: { memory: "7Gi" } };
    const spec = podSpec({ containers: [{ name: "app", image: "registry.invalid/app:1", resources }] });
    await platform.core.createNamespacedPod({ namespace: "work", body: { metadata: { name: "large" }, spec } });
    const message = await eventually("the scheduler says why", async () => {
      const { status } = await platform.core.readNamespacedPod({ name: "large", namespace: "work" });
      return status?.conditions?.find(({ reason }) => reason === "Unschedulable")?.message;
    });
    expect(message).toMatch(/Insufficient memory/);
  });

  test("a stateful set becomes ready, with its containers before and beside the main one", async () => {
    const { platform } = world;
    const labels = { app: "store" };
    const image = "registry.invalid/store:1";
    const spec = podSpec({
      initContainers: [
        { name: "prepare", image },
        { name: "sidecar", image, restartPolicy: "Always" },
      ],
      containers: [
        { name: "store", image },
        { name: "metrics", image },
      ],
    });
    await platform.apps.createNamespacedStatefulSet({
      namespace: "work",
      body: {
        metadata: { name: "store" },
        spec: {
          serviceName: "store",
          replicas: 2,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec },
        },
      },
    });
    await eventually("the stateful set is ready", async () => {
      const { status } = await platform.apps.readNamespacedStatefulSet({ name: "store", namespace: "work" });
      return status?.readyReplicas === 2 ? true : undefined;
    });
    const { status } = await platform.core.readNamespacedPod({ name: "store-0", namespace: "work" });
    expect(status?.containerStatuses?.map(({ name, ready }) => [name, ready])).toEqual([
      ["store", true],
      ["metrics", true],
    ]);
    const prepared = status?.initContainerStatuses?.find(({ name }) => name === "prepare");
    expect(prepared?.state?.terminated).toMatchObject({ exitCode: 0, reason: "Completed" });
    const sidecar = status?.initContainerStatuses?.find(({ name }) => name === "sidecar");
    expect(sidecar?.state?.running).toBeDefined();
    expect(status?.podIP).toMatch(/^10\.244\./);
  });
}
