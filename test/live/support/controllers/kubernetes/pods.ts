import { deployment, job } from "../manifests";
import { at, becomes } from "../objects";
import type { Playground } from "../playground";
import { apps, availableOf, batch, core } from "./team";

/** Pods of Jobs and of Deployments. Leaves the Deployment `gate`. */
export function podTests(playground: Playground): void {
  describe("pods", () => {
    const pods = async (label: string) => {
      const list = at(
        await playground.objects.find(`${core}/pods?labelSelector=${encodeURIComponent(label)}`),
        "items",
      );
      return Array.isArray(list) ? list : [];
    };

    test("a Job ends well soon after it was made", async () => {
      await playground.objects.make(`${batch}/jobs`, job("migrate"));
      await becomes(
        () => playground.objects.condition(`${batch}/jobs/migrate`, "Complete"),
        expect.stringMatching(/^True/),
        5000,
      );
    });

    test("a Job that is told to fails, with exit code 1 and a message", async () => {
      playground.faults.fail({ namespace: "team", name: "check-*" });
      await playground.objects.make(`${batch}/jobs`, job("check-1234"));
      await becomes(
        () => playground.objects.condition(`${batch}/jobs/check-1234`, "Failed"),
        expect.stringMatching(/^True/),
      );
      const [pod] = await pods("batch.kubernetes.io/job-name=check-1234");
      expect(at(pod, "status.containerStatuses.0.state.terminated")).toMatchObject({
        exitCode: 1,
        message: "the sandbox was told to let it fail",
      });
      playground.faults.clear();
    });

    test("a Job waits for the secret that its container names", async () => {
      const env = [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "login", key: "password" } } }];
      await playground.objects.make(`${batch}/jobs`, job("needs", { env }));
      await becomes(
        async () =>
          at((await pods("batch.kubernetes.io/job-name=needs"))[0], "status.containerStatuses.0.state.waiting"),
        { reason: "CreateContainerConfigError", message: 'secret "login" not found' },
      );
      expect(playground.failures.join("\n")).toMatch(/pod team\/needs-\w+: waits, secret "login" not found/);
      const data = { password: "c2VjcmV0" };
      await playground.objects.make(`${core}/secrets`, {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "login" },
        data,
      });
      await becomes(
        () => playground.objects.condition(`${batch}/jobs/needs`, "Complete"),
        expect.stringMatching(/^True/),
        5000,
      );
      expect(playground.failures).toEqual([]);
    });

    test("a workload that is told to fail never becomes ready, and does when it may", async () => {
      playground.faults.fail({ namespace: "team", name: "gate" });
      await playground.objects.make(`${apps}/deployments`, deployment("gate"));
      await becomes(
        async () => (await pods("app=gate")).map((pod) => at(pod, "status.containerStatuses.0.state.waiting.reason")),
        ["CrashLoopBackOff", "CrashLoopBackOff"],
      );
      expect(await availableOf(playground, "gate")).toBeUndefined();
      expect(await playground.objects.condition(`${apps}/deployments/gate`, "Available")).toMatch(/^False/);
      playground.faults.clear();
      await becomes(() => availableOf(playground, "gate"), 2);
    });

    test("a workload that is up fails when it is told to", async () => {
      playground.faults.fail({ namespace: "team", name: "gate" });
      await becomes(() => availableOf(playground, "gate"), undefined);
      playground.faults.clear();
      await becomes(() => availableOf(playground, "gate"), 2);
    });
  });
}
