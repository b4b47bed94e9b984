import { clusterApi } from "../../../../cli/kubernetes/cluster-api";
import { secretsOf } from "../../../../cli/secrets/rollout/pod-secrets";
import { isOlderThan, podsOf } from "../../../../cli/secrets/rollout/pods";
import { IMPATIENT } from "../../support/session";

/** Pods as a transport answers them; keeps what it was asked for. */
async function podsFrom(items: readonly object[], chosen: Parameters<typeof podsOf>[1] = {}) {
  const asked: string[] = [];
  const api = clusterApi(
    "cluster",
    async ({ path }) => {
      asked.push(path);
      return { status: 200, body: { items } };
    },
    IMPATIENT,
  );
  return { pods: await podsOf({ api, cluster: "platform", namespace: "team" }, chosen), asked };
}

const metadata = { name: "a", uid: "1", creationTimestamp: "2026-11-21T12:00:00Z" };
const pod = (status: object) => ({ metadata, status: { phase: "Pending", ...status } });

test.each([
  [
    "no node",
    pod({ conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }] }),
    "no node takes it: 0/3 nodes are available",
  ],
  [
    "an init container that does not start",
    pod({
      initContainerStatuses: [{ name: "init", state: { waiting: { reason: "ImagePullBackOff" } } }],
      containerStatuses: [{ name: "main", state: { waiting: { reason: "PodInitializing" } } }],
    }),
    "container init: ImagePullBackOff",
  ],
  [
    "a container that ends again and again, without its last words",
    pod({
      containerStatuses: [
        {
          name: "main",
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: { exitCode: 1, reason: "Error", message: "password s3cr3t refused" } },
        },
      ],
    }),
    "container main: CrashLoopBackOff (it ended with 1, Error)",
  ],
  [
    "a probe",
    pod({ phase: "Running", containerStatuses: [{ name: "main", ready: false, state: { running: {} } }] }),
    "not ready: main",
  ],
  ["nothing yet", { metadata }, "it has not started"],
])("a pod that is not ready says why: %s", async (_, answer, trouble) => {
  expect((await podsFrom([answer])).pods).toEqual([expect.objectContaining({ ready: false, trouble })]);
});

test("pods are asked for as their workload selects them, and those that have ended do not count", async () => {
  const { pods, asked } = await podsFrom([pod({ phase: "Failed" }), pod({ phase: "Succeeded" })], {
    matchLabels: { app: "a" },
    matchExpressions: [
      { key: "tier", operator: "In", values: ["x", "y"] },
      { key: "old", operator: "DoesNotExist" },
    ],
  });
  expect(pods).toEqual([]);
  expect(new URL(asked[0] ?? "", "https://cluster").searchParams.get("labelSelector")).toBe("app=a,tier in (x,y),!old");
});

describe.each([
  [
    "that has changed",
    false,
    [
      ["made after the change", { created: 101_000 }, false],
      ["made in the second of the change", { created: 100_000 }, true],
      ["made before it, and not started yet", { created: 90_000 }, true],
      [
        "made before it and started just after it, by a clock that may differ",
        { created: 90_000, began: 105_000 },
        true,
      ],
      ["made before it and started long after it", { created: 90_000, began: 120_000 }, false],
    ],
  ],
  [
    "that has its first values",
    true,
    [
      ["that waits for it", { created: 90_000 }, false],
      ["that waited for it", { created: 90_000, began: 100_000 }, false],
      ["that had started with another one of its name", { created: 90_000, began: 99_000 }, true],
    ],
  ],
] as const)("beside a secret %s a pod", (_, isFirst, pods) => {
  test.each(pods)("%s", (_name, times, older) => {
    expect(isOlderThan({ changedAt: 100_000, isFirst }, times)).toBe(older);
  });
});

test("a pod uses the secrets of its variables and volumes, init containers too", () => {
  const used = secretsOf({
    initContainers: [{ envFrom: [{ secretRef: { name: "a" } }] }],
    containers: [{ env: [{ valueFrom: { secretKeyRef: { name: "b" } } }, {}] }],
    volumes: [{ secret: { secretName: "c" } }, { projected: { sources: [{ secret: { name: "d" } }, {}] } }, {}],
  });
  expect([...used].sort()).toEqual(["a", "b", "c", "d"]);
});
