import { postgresqlTraffic } from "../../../../../constructs/data/postgresql";
import { SERVICES } from "../../../../../sandbox/live/controllers/api/core";
import { DEPLOYMENTS } from "../../../../../sandbox/live/controllers/api/workloads";
import { POOLERS } from "../../../../../sandbox/live/controllers/cloudnative-pg/objects";
import { PODS } from "../../../../../sandbox/live/controllers/pods/objects";
import { restrictedFindings } from "../support/restricted";
import { eventually } from "../support/view";
import { NAMESPACE, OperatorBench } from "./support/bench";

let bench: OperatorBench;
beforeEach(() => {
  bench = new OperatorBench();
});
afterEach(() => bench.stop());

test("a pooler waits for its cluster, and is a restricted Deployment behind a Service of its name", async () => {
  const pgbouncer = { poolMode: "transaction" as const };
  const containers = [{ name: "pgbouncer", image: "pgbouncer:1.25.1" }];
  bench.api.put(POOLERS, {
    metadata: { name: "pool", namespace: NAMESPACE },
    spec: { cluster: { name: "pg" }, instances: 2, pgbouncer, template: { spec: { containers } } },
  });
  await eventually(() => expect(bench.problems).toEqual(['PostgreSQL pooler team/pool: cluster "pg" not found']));
  bench.make();
  await eventually(() => expect(bench.names(DEPLOYMENTS)).toEqual(["pool"]));
  const pod = bench.api.read(DEPLOYMENTS, "pool", "team")?.spec.template;
  expect(pod?.spec && restrictedFindings(pod.spec)).toEqual([]);
  expect(pod?.spec?.containers.map(({ image }) => image)).toEqual(["pgbouncer:1.25.1"]);
  expect(pod?.metadata?.labels).toMatchObject({
    "cnpg.io/poolerName": "pool",
    "app.kubernetes.io/component": "pooler",
  });
  expect(bench.names(SERVICES)).toContain("pool");
  bench.api.put(DEPLOYMENTS, { metadata: { name: "pool", namespace: NAMESPACE }, status: { readyReplicas: 2 } });
  await eventually(() => expect(bench.api.read(POOLERS, "pool", "team")?.status?.instances).toBe(2));
});

test("what network policies pick out has the labels that the operator gives it", async () => {
  bench.make({ instances: 1 });
  await eventually(() => expect(bench.names(PODS)).toEqual(["pg-1"]));
  const lines = postgresqlTraffic({ consumers: ["shop"], backup: true }).flatMap(({ pods }) =>
    pods === undefined ? [] : [{ ...pods }],
  );
  expect(lines.length).toBeGreaterThan(3);
  const { labels } = bench.api.read(PODS, "pg-1", "team")?.metadata ?? {};
  for (const pods of lines) expect(labels).toMatchObject(pods);
});

describe("a service that two clusters ask for", () => {
  const additional = [{ selectorType: "rw" as const, serviceTemplate: { metadata: { name: "db" } } }];
  const leadsTo = () => bench.api.read(SERVICES, "db", "team")?.spec.selector?.["cnpg.io/cluster"];
  const asking = { managed: { services: { additional } } };

  test("stays with the one that has it, and goes to the other when that one lets it go", async () => {
    bench.make(asking);
    await eventually(() => expect(leadsTo()).toBe("pg"));
    bench.make(asking, "pg-2");
    await eventually(() =>
      expect(bench.problems).toEqual([
        "PostgreSQL cluster team/pg-2: refusing to reconcile service: db, not owned by the cluster",
      ]),
    );
    expect(leadsTo()).toBe("pg");
    bench.make();
    await eventually(() => expect(leadsTo()).toBe("pg-2"));
    await eventually(() => expect(bench.problems).toEqual([]));
    expect(bench.names(SERVICES)).toEqual(expect.arrayContaining(["pg-rw", "pg-2-rw"]));
  });
});
