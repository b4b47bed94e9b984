import { ApiRefusal } from "../../../../sandbox/live/controllers/api";
import { SERVICES, type Service } from "../../../../sandbox/live/controllers/api/core";
import type { ResourceType, Stored } from "../../../../sandbox/live/controllers/api/objects";
import { controller } from "../../../../sandbox/live/controllers/loop/controller";
import { setStatus, withCondition } from "../../../../sandbox/live/controllers/loop/status";
import { Bench, eventually } from "./support/view";

interface Widget extends Stored {
  readonly spec: { readonly of?: { readonly name: string } };
  readonly status?: { readonly phase?: string };
}

const WIDGETS: ResourceType<Widget> = {
  apiVersion: "test.dev/v1",
  kind: "Widget",
  plural: "widgets",
  namespaced: true,
  custom: true,
};

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.stop());

const service = (name: string): Service => bench.api.put(SERVICES, { metadata: { name, namespace: "team" }, spec: {} });
const widget = (name: string, spec = {}) => bench.api.put(WIDGETS, { metadata: { name, namespace: "team" }, spec });

/** Notes which objects it looks at. */
function watcher(seen: string[], work: (name: string) => Promise<void> = async () => undefined) {
  return controller({
    name: "service",
    type: SERVICES,
    reconcile: async ({ metadata: { name } }) => {
      seen.push(name);
      await work(name);
      return undefined;
    },
  });
}

describe("a controller", () => {
  test("looks at what is there, at what comes and at what changes", async () => {
    const seen: string[] = [];
    service("first");
    bench.start(watcher(seen));
    await eventually(() => expect(seen).toEqual(["first"]));
    service("second");
    await eventually(() => expect(seen).toEqual(["first", "second"]));
    bench.api.put(SERVICES, { metadata: { name: "first", namespace: "team" }, spec: { type: "LoadBalancer" } });
    await eventually(() => expect(seen).toEqual(["first", "second", "first"]));
  });

  test("tries again when it fails, tells what keeps failing, and takes it back when it works", async () => {
    let broken = true;
    const seen: string[] = [];
    bench.start(
      watcher(seen, async () => {
        if (broken) throw new ApiRefusal(422, "not like this");
      }),
    );
    service("web");
    await eventually(() => expect(bench.problems).toEqual(["service team/web: not like this"]));
    expect(seen.length).toBeGreaterThanOrEqual(3);
    broken = false;
    await eventually(() => expect(bench.problems).toEqual([]));
  });

  test("does not tell of a conflict that passes by itself", async () => {
    let conflicts = 1;
    const seen: string[] = [];
    bench.start(
      watcher(seen, async () => {
        if (conflicts-- > 0) throw new ApiRefusal(409, "modified");
      }),
    );
    service("web");
    await eventually(() => expect(seen).toEqual(["web", "web"]));
    expect(bench.said).toEqual([]);
  });

  test("gives up what can't be made any more because its namespace goes", async () => {
    const seen: string[] = [];
    bench.start(
      watcher(seen, async () => {
        throw new ApiRefusal(403, "unable to create new content in namespace team because it is being terminated");
      }),
    );
    service("web");
    service("other");
    await eventually(() => expect(seen).toEqual(["web", "other"]));
    expect(bench.problems).toEqual([]);
  });

  test("works on one object at a time, however often it changes", async () => {
    let working = 0;
    let most = 0;
    const seen: string[] = [];
    bench.start(
      watcher(seen, async () => {
        most = Math.max(most, ++working);
        await new Promise((resolve) => setTimeout(resolve, 20));
        working--;
      }),
    );
    for (const type of ["LoadBalancer", "ClusterIP", "NodePort"] as const) {
      bench.api.put(SERVICES, { metadata: { name: "web", namespace: "team" }, spec: { type } });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await eventually(() => expect(working).toBe(0));
    expect(most).toBe(1);
    expect(seen.length).toBeLessThanOrEqual(3);
  });
});

describe("when the API server goes away and comes back", () => {
  test("one line says so, nothing is lost, and what happened meanwhile is noticed", async () => {
    const seen: string[] = [];
    bench.start(watcher(seen));
    service("before");
    await eventually(() => expect(seen).toEqual(["before"]));
    bench.api.goDown();
    await eventually(() => expect(bench.problems).toHaveLength(1));
    expect(bench.problems[0]).toMatch(/^API server: .*cannot be reached/);
    service("meanwhile");
    bench.api.comeUp();
    await eventually(() => expect(seen).toEqual(["before", "meanwhile"]));
    expect(bench.problems).toEqual([]);
  });

  test("an object that went meanwhile is gone", async () => {
    const gone: string[] = [];
    bench.start(
      controller({
        name: "service",
        type: SERVICES,
        onGone: ({ metadata }) => gone.push(metadata.name),
        reconcile: async () => undefined,
      }),
    );
    service("web");
    await eventually(() => expect(bench.cluster.store(SERVICES).all()).toHaveLength(1));
    bench.api.goDown();
    bench.api.take(SERVICES, "web", "team");
    bench.api.comeUp();
    await eventually(() => expect(gone).toEqual(["web"]));
  });
});

describe("custom resources", () => {
  const phases = controller({
    name: "widget",
    type: WIDGETS,
    causes: ({ whenConcerned }) => whenConcerned(SERVICES, ({ spec }, { metadata }) => spec.of?.name === metadata.name),
    reconcile: async (object, cluster) => {
      const known = cluster.store(SERVICES).get({ name: object.spec.of?.name ?? "", namespace: "team" }) !== undefined;
      await setStatus(cluster, WIDGETS, object, { phase: known ? "Ready" : "Waiting" });
      return undefined;
    },
  });
  const phase = (name: string) => bench.api.read(WIDGETS, name, "team")?.status?.phase;

  test("are looked after as soon as their definition is there", async () => {
    widget("early");
    bench.start(phases);
    expect(bench.api.changes).toEqual([]);
    bench.define(WIDGETS);
    await eventually(() => expect(phase("early")).toBe("Waiting"));
    expect(bench.api.changes).toEqual(["PATCH widgets team/early status"]);
  });

  test("get their status with the object where their definition has no place of its own for it", async () => {
    bench.start(phases);
    bench.define(WIDGETS, { status: undefined });
    widget("plain");
    await eventually(() => expect(phase("plain")).toBe("Waiting"));
    expect(bench.api.changes).toEqual(["PATCH widgets team/plain"]);
  });

  test("of a version that is not served are told of, and left alone", async () => {
    bench.start(phases);
    bench.define(WIDGETS, { version: "v2" });
    await eventually(() =>
      expect(bench.problems).toEqual(["definition widgets.test.dev: test.dev/v1 is not among the versions it serves"]),
    );
  });

  test("follow what they depend on, and one that is malformed keeps nobody from it", async () => {
    bench.start(phases);
    bench.define(WIDGETS);
    bench.api.put(WIDGETS, { metadata: { name: "broken", namespace: "team" } });
    widget("whole", { of: { name: "web" } });
    await eventually(() => expect(phase("whole")).toBe("Waiting"));
    service("web");
    await eventually(() => expect(phase("whole")).toBe("Ready"));
    await eventually(() => expect(bench.problems).toEqual([expect.stringMatching(/^widget team\/broken: /)]));
  });
});

describe("a status", () => {
  test("is written when something of it differs, and only then", async () => {
    const status = { phase: "Ready" };
    bench.define(WIDGETS);
    await eventually(() => expect(bench.cluster.hasStatusOfItsOwn(WIDGETS)).toBe(true));
    const object = widget("one");
    await setStatus(bench.cluster, WIDGETS, object, status);
    await setStatus(bench.cluster, WIDGETS, { ...object, status }, status);
    expect(bench.api.changes).toEqual(["PATCH widgets team/one status"]);
  });

  test("keeps the time of a condition until it turns, and conditions of others", () => {
    const other = { type: "Other", status: "True" } as const;
    const first = withCondition([other], { type: "Ready", status: "False", message: "wait" });
    const aged = first.map((one) => ({ ...one, lastTransitionTime: "2026-01-01T00:00:00Z" }));
    const same = withCondition(aged, { type: "Ready", status: "False", message: "wait longer" });
    const turned = withCondition(aged, { type: "Ready", status: "True" });
    expect(same.find(({ type }) => type === "Ready")?.lastTransitionTime).toBe("2026-01-01T00:00:00Z");
    expect(turned.find(({ type }) => type === "Ready")?.lastTransitionTime).not.toBe("2026-01-01T00:00:00Z");
    expect(turned.map(({ type }) => type)).toEqual(["Other", "Ready"]);
  });
});
