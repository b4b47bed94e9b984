import { Backup as BackupModel } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Backup";
import { Cluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster";
import { BACKUPS, CLUSTERS } from "../../../../../sandbox/live/controllers/cloudnative-pg/objects";
import { PODS } from "../../../../../sandbox/live/controllers/pods/objects";
import { fresh } from "../support/fake-api";
import { restrictedFindings } from "../support/restricted";
import { eventually, settled } from "../support/view";
import { archived, BackupBench } from "./support/backups";

let bench: BackupBench;
beforeEach(() => {
  bench = new BackupBench();
});
afterEach(() => bench.stop());

describe("backups", () => {
  test("need their object store before a pod is made, and put a restricted container beside the server", async () => {
    bench.make(archived("pg"));
    await eventually(() =>
      expect(bench.problems).toEqual(['PostgreSQL cluster team/pg: ObjectStore "store" not found']),
    );
    expect(bench.names(PODS)).toEqual([]);
    bench.store();
    await eventually(() => expect(bench.names(PODS)).toEqual(["pg-1", "pg-2"]));
    const pod = bench.api.read(PODS, "pg-1", "team");
    expect(pod?.spec.initContainers).toMatchObject([
      { name: "plugin-barman-cloud", restartPolicy: "Always", resources: { limits: { memory: "1Gi" } } },
    ]);
    expect(pod && restrictedFindings(pod.spec)).toEqual([]);
  });

  test("without their keys the log is not archived, and the cluster says so", async () => {
    bench.store();
    bench.make(archived("pg"));
    await bench.healthy();
    await eventually(() =>
      expect(bench.condition("ContinuousArchiving")).toMatchObject({
        status: "False",
        message: 'secret "keys" not found',
      }),
    );
    bench.keys();
    await eventually(() => expect(bench.condition("ContinuousArchiving")).toMatchObject({ status: "True" }));
    expect(() => new Cluster(fresh(bench.api.read(CLUSTERS, "pg", "team"))).validate()).not.toThrow();
  });

  test("are made at once where their schedule asks for it, and once", async () => {
    bench.store();
    bench.keys();
    bench.make(archived("pg"));
    bench.schedule("pg");
    await eventually(() => expect(bench.names(BACKUPS)).toHaveLength(1));
    const [backup = ""] = bench.names(BACKUPS);
    expect(bench.api.read(BACKUPS, backup, "team")?.status?.phase).toBeUndefined();
    await bench.healthy();
    await eventually(() => expect(bench.api.read(BACKUPS, backup, "team")?.status?.phase).toBe("completed"));
    expect(() => new BackupModel(fresh(bench.api.read(BACKUPS, backup, "team"))).validate()).not.toThrow();
    await eventually(() => expect(bench.condition("LastBackupSucceeded")).toMatchObject({ status: "True" }));
    await settled(bench);
    bench.schedule("pg");
    await settled(bench);
    expect(bench.names(BACKUPS)).toEqual([backup]);
  });

  test("of a cluster without the plugin fail, and the cluster says so", async () => {
    bench.make();
    bench.schedule("pg");
    await bench.healthy();
    await eventually(() =>
      expect(bench.condition("LastBackupSucceeded")).toMatchObject({
        status: "False",
        message: 'cluster "pg" has no plugin for backups',
      }),
    );
  });
});
