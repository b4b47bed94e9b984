import { at } from "../data/objects";
import { deployment, rendered } from "./support/openpanel";

const autoscaler = (name: string) => rendered().object("openpanel", "HorizontalPodAutoscaler", `op-${name}`);

test.each([
  ["api", 2, 4],
  ["worker", 1, 3],
])("%s follows its load between its bounds, and its Deployment states no number", (name, min, max) => {
  expect(autoscaler(name).apiVersion).toBe("autoscaling/v2");
  expect(at(autoscaler(name), "spec")).toMatchObject({
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: `op-${name}` },
    minReplicas: min,
    maxReplicas: max,
  });
  expect(Object(at(deployment(name), "spec"))).not.toHaveProperty("replicas");
});

test("the dashboard has a fixed number of pods and no autoscaler", () => {
  expect(at(deployment("dashboard"), "spec.replicas")).toBe(1);
  const scaled = rendered()
    .objects("openpanel")
    .filter(({ kind }) => kind === "HorizontalPodAutoscaler");
  expect(scaled.map((each) => at(each, "metadata.name"))).toEqual(["op-api", "op-worker"]);
});

test.each(["api", "worker"])("%s is measured by its processor time, of which every pod requests some", (name) => {
  expect(at(autoscaler(name), "spec.metrics")).toEqual([
    { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
  ]);
  expect(at(deployment(name), "spec.template.spec.containers.0.resources.requests.cpu")).toBeDefined();
  // A sidecar without a request would make the share unknown, and the number of pods stay as it is.
  expect(Object(at(deployment(name), "spec.template.spec.containers"))).toHaveLength(1);
});

test.each(["api", "worker"])("%s grows at once but in small steps, and shrinks late and one by one", (name) => {
  const { scaleUp, scaleDown } = Object(at(autoscaler(name), "spec.behavior"));
  expect(scaleDown.stabilizationWindowSeconds).toBeGreaterThan(scaleUp.stabilizationWindowSeconds);
  expect(scaleUp.stabilizationWindowSeconds).toBeLessThanOrEqual(60);
  expect(scaleDown.policies).toEqual([{ type: "Pods", value: 1, periodSeconds: 120 }]);
});
