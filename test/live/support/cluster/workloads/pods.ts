import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { FAILING } from "../../../../../sandbox/live/controllers/pods/hold";
import { eventually } from "../../../cluster-support";
import { deployAndWait, podSpec, refusalOf } from "../deployments";
import type { TwoClusters } from "../two-clusters";

/** Pods that no controller replaces. */
export function podTests(world: TwoClusters): void {
  test("a pod of nobody becomes ready and is gone when it is deleted", async () => {
    const { platform } = world;
    const name = "alone";
    await platform.core.createNamespacedPod({ namespace: "work", body: { metadata: { name }, spec: podSpec() } });
    await eventually("it runs", async () => {
      const { status } = await platform.core.readNamespacedPod({ name, namespace: "work" });
      return status?.phase === "Running" ? true : undefined;
    });
    await platform.core.deleteNamespacedPod({ name, namespace: "work" });
    await eventually("it is gone", () => refusalOf(platform.core.readNamespacedPod({ name, namespace: "work" })));
  });

  test("a job's pod is scheduled and then left alone until somebody ends or deletes it", async () => {
    const { platform } = world;
    await platform.batch.createNamespacedJob({
      namespace: "work",
      body: { metadata: { name: "once" }, spec: { template: { spec: podSpec({ restartPolicy: "Never" }) } } },
    });
    const jobPods = async () =>
      (await platform.core.listNamespacedPod({ namespace: "work", labelSelector: "job-name=once" })).items;
    await eventually("it is scheduled", async () => (await jobPods())[0]?.spec?.nodeName);
    // What is asked for later is ready by now, so there was time to touch the job's.
    await deployAndWait(platform, "work", "later", { replicas: 1, spec: podSpec() });
    expect((await jobPods())[0]?.status?.phase).toBe("Pending");
    await platform.batch.deleteNamespacedJob({ name: "once", namespace: "work", propagationPolicy: "Background" });
    await eventually("its pod is gone", async () => ((await jobPods()).length === 0 ? true : undefined));
  });

  test("a pod that is held waits until it is let go", async () => {
    const { platform } = world;
    const name = "held";
    const metadata = { name, annotations: { [FAILING]: "CrashLoopBackOff" } };
    await platform.core.createNamespacedPod({ namespace: "work", body: { metadata, spec: podSpec() } });
    await deployAndWait(platform, "work", "meanwhile", { replicas: 1, spec: podSpec() });
    const phase = async () => (await platform.core.readNamespacedPod({ name, namespace: "work" })).status?.phase;
    expect(await phase()).toBe("Pending");
    const release = { metadata: { annotations: { [FAILING]: null } } };
    const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
    await platform.core.patchNamespacedPod({ name, namespace: "work", body: release }, merge);
    await eventually("it runs", async () => ((await phase()) === "Running" ? true : undefined));
  });
}
