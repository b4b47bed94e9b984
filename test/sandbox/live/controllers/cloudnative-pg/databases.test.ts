import { Database as DatabaseModel } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Database";
import { DATABASES } from "../../../../../sandbox/live/controllers/cloudnative-pg/objects";
import { fresh } from "../support/fake-api";
import { eventually } from "../support/view";
import { NAMESPACE, OperatorBench } from "./support/bench";

let bench: OperatorBench;
beforeEach(() => {
  bench = new OperatorBench();
});
afterEach(() => bench.stop());

describe("a database", () => {
  const database = (owner: string) =>
    bench.api.put(DATABASES, {
      metadata: { name: "db", namespace: NAMESPACE },
      spec: { name: "app", owner, cluster: { name: "pg" } },
    });
  const found = () => new DatabaseModel(fresh(bench.api.read(DATABASES, "db", "team")));

  test("is applied when its cluster is healthy and has its owner", async () => {
    database("app");
    await eventually(() => expect(found().status).toMatchObject({ applied: false, message: 'cluster "pg" not found' }));
    bench.make({ managed: { roles: [{ name: "app" }] } });
    await eventually(() => expect(found().status?.message).toBe('cluster "pg" is not ready yet'));
    await bench.healthy();
    await eventually(() => expect(found().status).toMatchObject({ applied: true, observedGeneration: 1 }));
    expect(() => found().validate()).not.toThrow();
  });

  test("whose owner is no role of the cluster is not", async () => {
    bench.make({ managed: { roles: [{ name: "app" }] } });
    await bench.healthy();
    database("nobody");
    await eventually(() => expect(found().status?.message).toBe('role "nobody" does not exist'));
  });
});
