import { OBJECT_STORES } from "../../../../../sandbox/live/controllers/cloudnative-pg/object-stores";
import { PODS } from "../../../../../sandbox/live/controllers/pods/objects";
import { eventually } from "../support/view";
import { archived, BackupBench, recovered } from "./support/backups";
import { NAMESPACE } from "./support/bench";

let bench: BackupBench;
beforeEach(() => {
  bench = new BackupBench();
});
afterEach(() => bench.stop());

describe("backups", () => {
  test("let a second cluster start from them, and not before there is one", async () => {
    bench.store();
    bench.keys();
    bench.make(recovered(), "pg-2");
    await eventually(() => expect(bench.status("pg-2")?.phaseReason).toBe("no target backup found for pg"));
    expect(bench.names(PODS)).toEqual([]);
    bench.make({ ...archived("pg"), instances: 1 });
    bench.schedule("pg");
    await bench.healthy();
    await eventually(() => expect(bench.names(PODS)).toEqual(["pg-1", "pg-2-1", "pg-2-2"]));
    bench.serve("pg-2-1", "pg-2-2");
    await eventually(() => expect(bench.status("pg-2")?.phase).toBe("Cluster in healthy state"));
  });

  test("do not reach back to before the first of them", async () => {
    await bench.backedUp();
    bench.make(recovered({ targetTime: "2020-01-01T00:00:00Z" }), "pg-2");
    await eventually(() => expect(bench.status("pg-2")?.phaseReason).toBe("no target backup found for pg"));
  });

  test("are not asked for again once a cluster is there: their store may have forgotten the first", async () => {
    await bench.backedUp();
    bench.make({ ...recovered(), instances: 1 }, "pg-2");
    await eventually(() => expect(bench.names(PODS)).toEqual(["pg-1", "pg-2-1"]));
    bench.api.put(OBJECT_STORES, {
      metadata: { name: "store", namespace: NAMESPACE },
      status: { serverRecoveryWindow: {} },
    });
    bench.make({ ...recovered(), instances: 2 }, "pg-2");
    await eventually(() => expect(bench.names(PODS)).toEqual(["pg-1", "pg-2-1", "pg-2-2"]));
  });
});
