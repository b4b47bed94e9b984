import { X509Certificate } from "node:crypto";
import { Backup as BackupModel } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Backup";
import { Cluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster";
import { Database as DatabaseModel } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Database";
import { Pod as PodModel } from "kubernetes-models/v1/Pod";
import { postgresqlTraffic } from "../../../../constructs/data/postgresql";
import { decoded, SECRETS, SERVICES } from "../../../../sandbox/live/controllers/api/core";
import type { ResourceType, Stored } from "../../../../sandbox/live/controllers/api/objects";
import { DEPLOYMENTS, DISRUPTION_BUDGETS } from "../../../../sandbox/live/controllers/api/workloads";
import { cloudNativePg } from "../../../../sandbox/live/controllers/cloudnative-pg";
import { OBJECT_STORES } from "../../../../sandbox/live/controllers/cloudnative-pg/object-stores";
import {
  BACKUPS,
  CLUSTERS,
  DATABASES,
  POOLERS,
  type PostgresqlCluster,
  SCHEDULED_BACKUPS,
} from "../../../../sandbox/live/controllers/cloudnative-pg/objects";
import { PODS } from "../../../../sandbox/live/controllers/pods/objects";
import { CLAIMS } from "../../../../sandbox/live/controllers/volumes";
import { fresh } from "./support/fake-api";
import { restrictedFindings } from "./support/restricted";
import { Bench, eventually, settled } from "./support/view";

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  bench.start(...cloudNativePg());
  for (const type of [CLUSTERS, DATABASES, POOLERS, BACKUPS, SCHEDULED_BACKUPS, OBJECT_STORES]) bench.define(type);
});
afterEach(() => bench.stop());

const where = { namespace: "team" };

const base: PostgresqlCluster["spec"] = {
  instances: 2,
  imageName: "postgresql:17",
  storage: { size: "10Gi", storageClass: "vultr-block-storage" },
  resources: { requests: { cpu: "100m", memory: "256Mi" } },
  affinity: { tolerations: [{ key: "pool", operator: "Equal", value: "memory", effect: "NoSchedule" }] },
};
const make = (spec: Partial<PostgresqlCluster["spec"]> = {}, name = "pg") =>
  bench.api.put(CLUSTERS, { metadata: { name, ...where }, spec: { ...base, ...spec } });

const status = (name = "pg") => new Cluster(fresh(bench.api.read(CLUSTERS, name, "team"))).status;
const names = <T extends Stored>(type: ResourceType<T>) =>
  bench.api
    .all(type)
    .map(({ metadata }) => metadata.name)
    .sort();

/** Lets the pods of the cluster serve, as kwok does. */
function serve(...pods: readonly string[]): void {
  for (const name of pods) {
    bench.api.put(PODS, {
      metadata: { name, ...where },
      status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    });
  }
}

async function healthy(): Promise<void> {
  await eventually(() => expect(names(PODS).length).toBeGreaterThan(0));
  serve(...names(PODS));
  await eventually(() => expect(status()?.phase).toBe("Cluster in healthy state"));
}

describe("a PostgreSQL cluster", () => {
  test("has a volume and a pod for each instance, and is healthy when all serve", async () => {
    make();
    await eventually(() => expect(names(PODS)).toEqual(["pg-1", "pg-2"]));
    expect(names(CLAIMS)).toEqual(["pg-1", "pg-2"]);
    expect(bench.api.read(CLAIMS, "pg-1", "team")?.spec).toMatchObject({
      storageClassName: "vultr-block-storage",
      resources: { requests: { storage: "10Gi" } },
    });
    await eventually(() => expect(status()).toMatchObject({ phase: "Setting up primary", readyInstances: 0 }));
    serve("pg-1");
    await eventually(() => expect(status()).toMatchObject({ phase: "Waiting for the instances to become active" }));
    serve("pg-2");
    await eventually(() => expect(status()).toMatchObject({ readyInstances: 2, currentPrimary: "pg-1" }));
    expect(status()?.conditions).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
  });

  test("has pods that Pod Security restricted admits, placed and sized as it says", async () => {
    make({ walStorage: { size: "5Gi" } });
    await eventually(() => expect(names(PODS)).toEqual(["pg-1", "pg-2"]));
    const pod = bench.api.read(PODS, "pg-1", "team");
    expect(pod && restrictedFindings(pod.spec)).toEqual([]);
    expect(pod?.spec).toMatchObject({ tolerations: base.affinity?.tolerations, serviceAccountName: "pg" });
    expect(pod?.spec.containers[0]).toMatchObject({ image: "postgresql:17", resources: base.resources });
    expect(pod?.spec.affinity?.podAntiAffinity).toMatchObject({
      preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: { topologyKey: "kubernetes.io/hostname" } }],
    });
    expect(() => new PodModel(fresh(pod)).validate()).not.toThrow();
    expect(names(CLAIMS)).toEqual(["pg-1", "pg-1-wal", "pg-2", "pg-2-wal"]);
  });

  test("owns all that was made for it, so that it goes with it", async () => {
    const { uid } = make({ bootstrap: { initdb: {} }, instances: 3 }).metadata;
    await healthy();
    const { api } = bench;
    const made = [
      ...[...api.all(PODS), ...api.all(CLAIMS), ...api.all(SERVICES)],
      ...[...api.all(SECRETS), ...api.all(DISRUPTION_BUDGETS)],
    ];
    expect(made.length).toBeGreaterThan(10);
    expect(made.filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid !== uid)).toEqual([]);
  });

  test("is reached under the operator's names and those that it asks for", async () => {
    const additional = [{ selectorType: "rw" as const, serviceTemplate: { metadata: { name: "op-db" } } }];
    make({ managed: { services: { additional, disabledDefaultServices: ["ro"] } } });
    await eventually(() => expect(names(SERVICES)).toEqual(["op-db", "pg-r", "pg-rw"]));
    expect(bench.api.read(SERVICES, "op-db", "team")?.spec).toMatchObject({
      type: "ClusterIP",
      ports: [{ port: 5432 }],
      selector: { "cnpg.io/cluster": "pg", "cnpg.io/instanceRole": "primary" },
    });
    await eventually(() => expect(names(SECRETS)).toContain("pg-server"));
    const server = decoded(bench.api.read(SECRETS, "pg-server", "team")?.data?.["tls.crt"] ?? "");
    expect(new X509Certificate(server).checkHost("op-db.team.svc.cluster.local")).toBeDefined();
    const ca = decoded(bench.api.read(SECRETS, "pg-ca", "team")?.data?.["ca.crt"] ?? "");
    expect(new X509Certificate(server).verify(new X509Certificate(ca).publicKey)).toBe(true);
  });

  test("gets a login of the operator's only where it names none", async () => {
    const secret = { name: "owner" };
    bench.api.put(SECRETS, { metadata: { ...secret, ...where }, data: { username: "YQ==", password: "YQ==" } });
    make({ bootstrap: { initdb: { database: "app", owner: "app", secret } } });
    await healthy();
    expect(names(SECRETS)).toEqual(["owner", "pg-ca", "pg-replication", "pg-server"]);
    make({ bootstrap: undefined });
    await eventually(() => expect(names(SECRETS)).toContain("pg-app"));
    expect(bench.api.read(SECRETS, "pg-app", "team")?.type).toBe("kubernetes.io/basic-auth");
  });

  test("waits for the secret of its first database", async () => {
    make({ bootstrap: { initdb: { database: "app", owner: "app", secret: { name: "owner" } } } });
    await eventually(() => expect(bench.problems).toEqual(['PostgreSQL cluster team/pg: secret "owner" not found']));
    expect(names(PODS)).toEqual([]);
    bench.api.put(SECRETS, { metadata: { name: "owner", ...where }, data: { password: "YQ==" } });
    await eventually(() => expect(status()?.phaseReason).toBe('secret "owner" has no username and password'));
    bench.api.put(SECRETS, { metadata: { name: "owner", ...where }, data: { username: "YQ==", password: "YQ==" } });
    await healthy();
    expect(bench.problems).toEqual([]);
  });

  test("writes nothing once all is as it should be", async () => {
    make();
    await healthy();
    await settled(bench);
    const before = bench.api.changes.length;
    bench.api.put(CLUSTERS, { metadata: { name: "pg", ...where, labels: { touched: "yes" } } });
    await settled(bench);
    expect(bench.api.changes.slice(before)).toEqual([]);
  });

  test("sets the passwords of its roles once its primary serves, and follows only a secret that is labelled so", async () => {
    const secret = (name: string, value: string, labels: Record<string, string>) =>
      bench.api.put(SECRETS, { metadata: { name, ...where, labels }, data: { password: btoa(value) } }).metadata
        .resourceVersion;
    const labels = { "cnpg.io/reload": "true" };
    const first = [secret("followed", "1", labels), secret("ignored", "1", {})];
    const role = (name: string) => ({ name, passwordSecret: { name } });
    make({ managed: { roles: [role("followed"), role("ignored"), { name: "without" }] } });
    await settled(bench);
    expect(status()?.managedRolesStatus?.passwordStatus).toEqual({});
    serve("pg-1", "pg-2");
    const versions = (followed: string | undefined, ignored: string | undefined) => ({
      followed: { resourceVersion: followed },
      ignored: { resourceVersion: ignored },
    });
    await eventually(() => expect(status()?.managedRolesStatus?.passwordStatus).toEqual(versions(first[0], first[1])));
    const next = secret("followed", "2", labels);
    secret("ignored", "2", {});
    await eventually(() => expect(status()?.managedRolesStatus?.passwordStatus).toEqual(versions(next, first[1])));
  });

  test("gives up what is too many, and grows its volumes", async () => {
    make();
    await healthy();
    make({ instances: 1, storage: { size: "20Gi", storageClass: "vultr-block-storage" } });
    await eventually(() => expect([names(PODS), names(CLAIMS)]).toEqual([["pg-1"], ["pg-1"]]));
    await eventually(() =>
      expect(bench.api.read(CLAIMS, "pg-1", "team")?.spec.resources?.requests).toEqual({ storage: "20Gi" }),
    );
  });

  test("restarts for another image, the primary last and one at a time", async () => {
    make();
    await healthy();
    await settled(bench);
    const before = bench.api.changes.length;
    make({ imageName: "postgresql:18" });
    const image = (name: string) => bench.api.read(PODS, name, "team")?.spec.containers[0]?.image;
    await eventually(() => expect([image("pg-1"), image("pg-2")]).toEqual(["postgresql:17", "postgresql:18"]));
    await settled(bench);
    expect(image("pg-1")).toBe("postgresql:17");
    bench.api.put(PODS, { metadata: { name: "pg-2", ...where }, status: { phase: "Pending" } });
    serve("pg-2");
    await eventually(() => expect(image("pg-1")).toBe("postgresql:18"));
    const deleted = bench.api.changes.slice(before).filter((change) => change.startsWith("DELETE"));
    expect(deleted).toEqual(["DELETE pods team/pg-2", "DELETE pods team/pg-1"]);
  });

  test("has a status that the real definition takes", async () => {
    make({ managed: { roles: [{ name: "app" }] } });
    await healthy();
    expect(() => new Cluster(fresh(bench.api.read(CLUSTERS, "pg", "team"))).validate()).not.toThrow();
  });
});

describe("a database", () => {
  const database = (owner: string) =>
    bench.api.put(DATABASES, {
      metadata: { name: "db", ...where },
      spec: { name: "app", owner, cluster: { name: "pg" } },
    });
  const found = () => new DatabaseModel(fresh(bench.api.read(DATABASES, "db", "team")));

  test("is applied when its cluster is healthy and has its owner", async () => {
    database("app");
    await eventually(() => expect(found().status).toMatchObject({ applied: false, message: 'cluster "pg" not found' }));
    make({ managed: { roles: [{ name: "app" }] } });
    await eventually(() => expect(found().status?.message).toBe('cluster "pg" is not ready yet'));
    await healthy();
    await eventually(() => expect(found().status).toMatchObject({ applied: true, observedGeneration: 1 }));
    expect(() => found().validate()).not.toThrow();
  });

  test("whose owner is no role of the cluster is not", async () => {
    make({ managed: { roles: [{ name: "app" }] } });
    await healthy();
    database("nobody");
    await eventually(() => expect(found().status?.message).toBe('role "nobody" does not exist'));
  });
});

test("a pooler waits for its cluster, and is a restricted Deployment behind a Service of its name", async () => {
  const pgbouncer = { poolMode: "transaction" as const };
  const containers = [{ name: "pgbouncer", image: "pgbouncer:1.25.1" }];
  bench.api.put(POOLERS, {
    metadata: { name: "pool", ...where },
    spec: { cluster: { name: "pg" }, instances: 2, pgbouncer, template: { spec: { containers } } },
  });
  await eventually(() => expect(bench.problems).toEqual(['PostgreSQL pooler team/pool: cluster "pg" not found']));
  make();
  await eventually(() => expect(names(DEPLOYMENTS)).toEqual(["pool"]));
  const pod = bench.api.read(DEPLOYMENTS, "pool", "team")?.spec.template;
  expect(pod?.spec && restrictedFindings(pod.spec)).toEqual([]);
  expect(pod?.spec?.containers.map(({ image }) => image)).toEqual(["pgbouncer:1.25.1"]);
  expect(pod?.metadata?.labels).toMatchObject({
    "cnpg.io/poolerName": "pool",
    "app.kubernetes.io/component": "pooler",
  });
  expect(names(SERVICES)).toContain("pool");
  bench.api.put(DEPLOYMENTS, { metadata: { name: "pool", ...where }, status: { readyReplicas: 2 } });
  await eventually(() => expect(bench.api.read(POOLERS, "pool", "team")?.status?.instances).toBe(2));
});

test("what network policies pick out has the labels that the operator gives it", async () => {
  make({ instances: 1 });
  await eventually(() => expect(names(PODS)).toEqual(["pg-1"]));
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
    make(asking);
    await eventually(() => expect(leadsTo()).toBe("pg"));
    make(asking, "pg-2");
    await eventually(() =>
      expect(bench.problems).toEqual([
        "PostgreSQL cluster team/pg-2: refusing to reconcile service: db, not owned by the cluster",
      ]),
    );
    expect(leadsTo()).toBe("pg");
    make();
    await eventually(() => expect(leadsTo()).toBe("pg-2"));
    await eventually(() => expect(bench.problems).toEqual([]));
    expect(names(SERVICES)).toEqual(expect.arrayContaining(["pg-rw", "pg-2-rw"]));
  });
});

describe("backups", () => {
  const name = "barman-cloud.cloudnative-pg.io";
  const plugin = (serverName: string) => ({ name, parameters: { barmanObjectName: "store", serverName } });
  const archived = (serverName: string) => ({ plugins: [{ ...plugin(serverName), isWALArchiver: true }] });
  const recovered = (recoveryTarget?: { readonly targetTime: string }) => ({
    ...archived("pg-2"),
    externalClusters: [{ name: "pg", plugin: plugin("pg") }],
    bootstrap: {
      recovery: { source: "pg", database: "app", owner: "app", ...(recoveryTarget && { recoveryTarget }) },
    },
  });
  const store = () =>
    bench.api.put(OBJECT_STORES, {
      metadata: { name: "store", ...where },
      spec: {
        configuration: {
          destinationPath: "s3://bucket/pg",
          s3Credentials: {
            accessKeyId: { name: "keys", key: "access_key" },
            secretAccessKey: { name: "keys", key: "secret_key" },
          },
        },
        instanceSidecarConfiguration: { resources: { limits: { memory: "1Gi" } } },
      },
    });
  const keys = () =>
    bench.api.put(SECRETS, { metadata: { name: "keys", ...where }, data: { access_key: "YQ==", secret_key: "YQ==" } });
  const schedule = (cluster: string) =>
    bench.api.put(SCHEDULED_BACKUPS, {
      metadata: { name: cluster, ...where },
      spec: {
        cluster: { name: cluster },
        schedule: "0 30 1 * * *",
        immediate: true,
        method: "plugin",
        pluginConfiguration: { name },
        backupOwnerReference: "cluster",
      },
    });
  const condition = (type: string) => status()?.conditions?.find((one) => one.type === type);

  test("need their object store before a pod is made, and put a restricted container beside the server", async () => {
    make(archived("pg"));
    await eventually(() =>
      expect(bench.problems).toEqual(['PostgreSQL cluster team/pg: ObjectStore "store" not found']),
    );
    expect(names(PODS)).toEqual([]);
    store();
    await eventually(() => expect(names(PODS)).toEqual(["pg-1", "pg-2"]));
    const pod = bench.api.read(PODS, "pg-1", "team");
    expect(pod?.spec.initContainers).toMatchObject([
      { name: "plugin-barman-cloud", restartPolicy: "Always", resources: { limits: { memory: "1Gi" } } },
    ]);
    expect(pod && restrictedFindings(pod.spec)).toEqual([]);
  });

  test("without their keys the log is not archived, and the cluster says so", async () => {
    store();
    make(archived("pg"));
    await healthy();
    await eventually(() =>
      expect(condition("ContinuousArchiving")).toMatchObject({ status: "False", message: 'secret "keys" not found' }),
    );
    keys();
    await eventually(() => expect(condition("ContinuousArchiving")).toMatchObject({ status: "True" }));
    expect(() => new Cluster(fresh(bench.api.read(CLUSTERS, "pg", "team"))).validate()).not.toThrow();
  });

  test("are made at once where their schedule asks for it, and once", async () => {
    store();
    keys();
    make(archived("pg"));
    schedule("pg");
    await eventually(() => expect(names(BACKUPS)).toHaveLength(1));
    const [backup = ""] = names(BACKUPS);
    expect(bench.api.read(BACKUPS, backup, "team")?.status?.phase).toBeUndefined();
    await healthy();
    await eventually(() => expect(bench.api.read(BACKUPS, backup, "team")?.status?.phase).toBe("completed"));
    expect(() => new BackupModel(fresh(bench.api.read(BACKUPS, backup, "team"))).validate()).not.toThrow();
    await eventually(() => expect(condition("LastBackupSucceeded")).toMatchObject({ status: "True" }));
    await settled(bench);
    schedule("pg");
    await settled(bench);
    expect(names(BACKUPS)).toEqual([backup]);
  });

  test("of a cluster without the plugin fail, and the cluster says so", async () => {
    make();
    schedule("pg");
    await healthy();
    await eventually(() =>
      expect(condition("LastBackupSucceeded")).toMatchObject({
        status: "False",
        message: 'cluster "pg" has no plugin for backups',
      }),
    );
  });

  test("let a second cluster start from them, and not before there is one", async () => {
    store();
    keys();
    make(recovered(), "pg-2");
    await eventually(() => expect(status("pg-2")?.phaseReason).toBe("no target backup found for pg"));
    expect(names(PODS)).toEqual([]);
    make({ ...archived("pg"), instances: 1 });
    schedule("pg");
    await healthy();
    await eventually(() => expect(names(PODS)).toEqual(["pg-1", "pg-2-1", "pg-2-2"]));
    serve("pg-2-1", "pg-2-2");
    await eventually(() => expect(status("pg-2")?.phase).toBe("Cluster in healthy state"));
  });

  test("do not reach back to before the first of them", async () => {
    store();
    keys();
    make({ ...archived("pg"), instances: 1 });
    schedule("pg");
    await healthy();
    await eventually(() => expect(condition("LastBackupSucceeded")).toMatchObject({ status: "True" }));
    make(recovered({ targetTime: "2020-01-01T00:00:00Z" }), "pg-2");
    await eventually(() => expect(status("pg-2")?.phaseReason).toBe("no target backup found for pg"));
  });

  test("are not asked for again once a cluster is there: their store may have forgotten the first", async () => {
    store();
    keys();
    make({ ...archived("pg"), instances: 1 });
    schedule("pg");
    await healthy();
    await eventually(() => expect(condition("LastBackupSucceeded")).toMatchObject({ status: "True" }));
    make({ ...recovered(), instances: 1 }, "pg-2");
    await eventually(() => expect(names(PODS)).toEqual(["pg-1", "pg-2-1"]));
    bench.api.put(OBJECT_STORES, { metadata: { name: "store", ...where }, status: { serverRecoveryWindow: {} } });
    make({ ...recovered(), instances: 2 }, "pg-2");
    await eventually(() => expect(names(PODS)).toEqual(["pg-1", "pg-2-1", "pg-2-2"]));
  });
});
