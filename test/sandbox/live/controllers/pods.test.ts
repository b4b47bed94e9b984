import { CONFIG_MAPS, SECRETS } from "../../../../sandbox/live/controllers/api/core";
import { Faults } from "../../../../sandbox/live/controllers/faults";
import { FAILING, MAY_START, pods } from "../../../../sandbox/live/controllers/pods";
import { PODS, type Pod } from "../../../../sandbox/live/controllers/pods/objects";
import { Bench, eventually, settled } from "./support/view";

let bench: Bench;
let faults: Faults;
beforeEach(() => {
  bench = new Bench();
  faults = new Faults();
  bench.start(pods(faults));
});
afterEach(() => bench.stop());

const CONTAINERS = [{ name: "main", image: "app:1" }];
const JOB = { "batch.kubernetes.io/job-name": "migrate" };

function make(name: string, { labels = {}, owner, status, ...spec }: PodOptions = {}): Pod {
  const ownerReferences = owner === undefined ? [] : [{ ...owner, apiVersion: "apps/v1", uid: "u", controller: true }];
  return bench.api.put(PODS, {
    metadata: { name, namespace: "team", labels, ownerReferences },
    spec: { containers: CONTAINERS, nodeName: "n1", ...spec },
    status: status ?? { phase: "Pending" },
  });
}
interface PodOptions extends Partial<Pod["spec"]> {
  readonly labels?: Record<string, string>;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly status?: Pod["status"];
}

const read = (name: string) => bench.api.read(PODS, name, "team");
const mark = (name: string) => read(name)?.metadata.annotations?.[FAILING];
const mayStart = (name: string) => read(name)?.metadata.annotations?.[MAY_START] !== undefined;
const states = (name: string) => read(name)?.status?.containerStatuses?.map(({ state }) => state);
const READY: Pod["status"] = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };

describe("pods of Jobs", () => {
  test("run and then end well, sidecars and init containers too", async () => {
    make("migrate-1", {
      labels: JOB,
      initContainers: [{ name: "first" }, { name: "proxy", restartPolicy: "Always" }],
    });
    await eventually(() => expect(read("migrate-1")?.status?.phase).toBe("Running"));
    expect(read("migrate-1")?.status?.conditions).toContainEqual(
      expect.objectContaining({ type: "Ready", status: "True" }),
    );
    await eventually(() => expect(read("migrate-1")?.status?.phase).toBe("Succeeded"));
    expect(states("migrate-1")).toEqual([
      { terminated: expect.objectContaining({ exitCode: 0, reason: "Completed" }) },
    ]);
    const first = read("migrate-1")?.status?.initContainerStatuses ?? [];
    expect(first.map(({ state }) => state?.terminated?.exitCode)).toEqual([0, 0]);
  });

  test("end with exit code 1 and a message when they are told to fail", async () => {
    faults.fail({ namespace: "team", name: "migrate" });
    make("migrate-1", { labels: JOB, owner: { kind: "Job", name: "migrate" } });
    await eventually(() => expect(read("migrate-1")?.status?.phase).toBe("Failed"));
    expect(states("migrate-1")).toEqual([
      { terminated: expect.objectContaining({ exitCode: 1, message: "the sandbox was told to let it fail" }) },
    ]);
  });

  test("wait for a node", async () => {
    make("migrate-1", { labels: JOB, nodeName: undefined });
    await settled(bench);
    expect(bench.api.changes).toEqual([]);
  });
});

describe("pods that need something", () => {
  const needs: readonly [string, Partial<Pod["spec"]>, string][] = [
    ["a secret as a volume", { volumes: [{ name: "v", secret: { secretName: "tls" } }] }, 'secret "tls" not found'],
    [
      "a key of a secret that is projected",
      {
        volumes: [
          { name: "v", projected: { sources: [{ secret: { name: "known", items: [{ key: "b", path: "b" }] } }] } },
        ],
      },
      "couldn't find key b in secret team/known",
    ],
    [
      "all of a config map",
      { containers: [{ name: "m", envFrom: [{ configMapRef: { name: "c" } }] }] },
      'configmap "c" not found',
    ],
    [
      "a key of a secret as a variable of an init container",
      {
        initContainers: [{ name: "i", env: [{ name: "A", valueFrom: { secretKeyRef: { name: "known", key: "c" } } }] }],
      },
      "couldn't find key c in secret team/known",
    ],
  ];

  test.each(needs)("wait for %s", async (_, spec, message) => {
    bench.api.put(SECRETS, { metadata: { name: "known", namespace: "team" }, data: { a: "YQ==" } });
    make("web", spec);
    await eventually(() => expect(bench.problems).toEqual([`pod team/web: waits, ${message}`]));
    expect(mark("web")).toBe("CreateContainerConfigError");
    expect(mayStart("web")).toBe(false);
    expect(states("web")?.[0]).toEqual({ waiting: { reason: "CreateContainerConfigError", message } });
  });

  test("do not wait for what is optional", async () => {
    make("web", { volumes: [{ name: "v", secret: { secretName: "tls", optional: true } }] });
    await eventually(() => expect(mayStart("web")).toBe(true));
    expect(mark("web")).toBeUndefined();
  });

  test("go on when it comes", async () => {
    const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "settings", key: "a" } } }];
    make("migrate-1", { labels: JOB, containers: [{ name: "main", env }] });
    await eventually(() => expect(mark("migrate-1")).toBeDefined());
    bench.api.put(CONFIG_MAPS, { metadata: { name: "settings", namespace: "team" }, data: { a: "1" } });
    await eventually(() => expect(read("migrate-1")?.status?.phase).toBe("Succeeded"));
    expect(mark("migrate-1")).toBeUndefined();
    expect(bench.problems).toEqual([]);
  });

  test("that run already go on when it is taken away", async () => {
    make("web", { status: READY, volumes: [{ name: "v", secret: { secretName: "tls" } }] });
    await settled(bench);
    expect(bench.api.changes).toEqual([]);
  });
});

describe("pods of a workload that is to fail", () => {
  const replicaSet = { labels: { "pod-template-hash": "abc12" }, owner: { kind: "ReplicaSet", name: "web-abc12" } };

  test("are marked before they have a node, so that nobody makes them ready", async () => {
    faults.fail({ namespace: "team", name: "web" });
    make("web-abc12-1", { ...replicaSet, nodeName: undefined });
    await eventually(() => expect(mark("web-abc12-1")).toBe("CrashLoopBackOff"));
    expect(states("web-abc12-1")).toBeUndefined();
    expect(mayStart("web-abc12-1")).toBe(false);
  });

  test("may not start any more when they are to fail before they did", async () => {
    make("web-abc12-1", replicaSet);
    await eventually(() => expect(mayStart("web-abc12-1")).toBe(true));
    faults.fail({ namespace: "team", name: "web" });
    await eventually(() => expect(mark("web-abc12-1")).toBe("CrashLoopBackOff"));
    expect(mayStart("web-abc12-1")).toBe(false);
  });

  test.each([
    ["a Deployment", "web", replicaSet],
    ["a StatefulSet", "web", { owner: { kind: "StatefulSet", name: "web" } }],
    ["an operator's resource", "postgresql", { owner: { kind: "Cluster", name: "postgresql" } }],
  ])("of %s are taken back where somebody was faster", async (_, name, options) => {
    faults.fail({ namespace: "team", name });
    make("pod-1", { ...options, status: READY });
    await eventually(() => expect(states("pod-1")?.[0]?.waiting?.reason).toBe("CrashLoopBackOff"));
    expect(read("pod-1")?.status?.phase).toBe("Running");
    make("pod-1", { ...options, status: READY });
    await eventually(() =>
      expect(read("pod-1")?.status?.conditions).toContainEqual(
        expect.objectContaining({ type: "Ready", status: "False" }),
      ),
    );
  });

  test("are let go when nothing is to fail any more: those that ran run again, the others are left to start", async () => {
    faults.fail({ namespace: "team", name: "web" });
    make("ran", { ...replicaSet, status: READY });
    make("pending", replicaSet);
    await eventually(() => expect([mark("ran"), mark("pending")]).not.toContain(undefined));
    faults.clear();
    await eventually(() => expect([mark("ran"), mark("pending")]).toEqual([undefined, undefined]));
    expect(states("ran")?.[0]).toHaveProperty("running");
    expect(read("pending")?.status?.phase).toBe("Pending");
    expect(mayStart("pending")).toBe(true);
  });

  test("are let go too where the mark was taken from them before they were seen to run", async () => {
    const waiting = { reason: "CrashLoopBackOff", message: "it was told to" };
    const containerStatuses = [
      { name: "main", image: "app:1", imageID: "", ready: false, restartCount: 0, state: { waiting } },
    ];
    make("ran", { ...replicaSet, status: { phase: "Running", containerStatuses } });
    await eventually(() => expect(states("ran")?.[0]).toHaveProperty("running"));
  });

  test("of another workload are left alone", async () => {
    faults.fail({ namespace: "team", name: "web-abc12" });
    faults.fail({ namespace: "elsewhere", name: "web" });
    make("web-abc12-1", replicaSet);
    await eventually(() => expect(mayStart("web-abc12-1")).toBe(true));
    expect(mark("web-abc12-1")).toBeUndefined();
  });
});
