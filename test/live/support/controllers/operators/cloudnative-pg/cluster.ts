import { X509Certificate } from "node:crypto";
import { custom } from "../../manifests";
import { becomes } from "../../objects";
import { core, POSTGRESQL } from "../places";
import type { World } from "../world";
import { clusters, databases, poolers, scheduledBackups } from "./places";

const claims = `${core}/persistentvolumeclaims`;

/** A cluster comes up with all that belongs to it, takes another image, and has a pooler and a schedule beside it. */
export function clusterTests(world: World): void {
  test("a cluster waits for its secret, and is healthy when its instances are up", async () => {
    const login = { name: "openpanel", ensure: "present", login: true, passwordSecret: { name: "owner" } };
    await world.objects.make(
      clusters,
      custom(POSTGRESQL, "Cluster", "postgresql", {
        instances: 2,
        imageName: "ghcr.io/cloudnative-pg/postgresql:17",
        storage: { size: "10Gi", storageClass: "vultr-block-storage" },
        resources: { requests: { cpu: "100m", memory: "256Mi" } },
        bootstrap: { initdb: { database: "openpanel", owner: "openpanel", secret: { name: "owner" } } },
        managed: {
          roles: [login],
          services: { additional: [{ selectorType: "rw", serviceTemplate: { metadata: { name: "op-db" } } }] },
        },
      }),
    );
    await world.objects.make(
      databases,
      custom(POSTGRESQL, "Database", "postgresql-openpanel", {
        name: "openpanel",
        owner: "openpanel",
        cluster: { name: "postgresql" },
      }),
    );
    await becomes(
      () => world.objects.value(`${clusters}/postgresql`, "status.phaseReason"),
      'secret "owner" not found',
    );
    expect(await world.objects.value(`${databases}/postgresql-openpanel`, "status.applied")).toBe(false);
    await world.objects.make(`${core}/secrets`, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "owner" },
      type: "kubernetes.io/basic-auth",
      data: { username: "b3BlbnBhbmVs", password: "cGFzcw==" },
    });
    await becomes(() => world.objects.value(`${clusters}/postgresql`, "status.phase"), "Cluster in healthy state");
    expect(await world.objects.value(`${clusters}/postgresql`, "status")).toMatchObject({
      readyInstances: 2,
      currentPrimary: "postgresql-1",
    });
    await becomes(() => world.objects.value(`${databases}/postgresql-openpanel`, "status.applied"), true);
  });

  test("its Services, its secrets and its volumes are there", async () => {
    const services = await world.objects.names(`${core}/services`);
    expect(services).toEqual(["op-db", "postgresql-r", "postgresql-ro", "postgresql-rw"]);
    const made = (await world.objects.names(`${core}/secrets`)).filter((name) => name.startsWith("postgresql-"));
    expect(made).toEqual(["postgresql-ca", "postgresql-replication", "postgresql-server"]);
    const server = new X509Certificate(
      (await world.objects.secret("data-staging", "postgresql-server"))?.["tls.crt"] ?? "",
    );
    expect(server.checkHost("op-db.data-staging.svc.cluster.local")).toBeDefined();
    for (const name of ["postgresql-1", "postgresql-2"]) {
      expect(await world.objects.find(`${claims}/${name}`)).toMatchObject({
        spec: { storageClassName: "vultr-block-storage" },
        status: { phase: "Bound", capacity: { storage: "10Gi" } },
      });
    }
  });

  test("another image is rolled out, one instance after the other", async () => {
    const imageName = "ghcr.io/cloudnative-pg/postgresql:18";
    await world.objects.change(`${clusters}/postgresql`, { spec: { imageName } });
    for (const name of ["postgresql-1", "postgresql-2"]) {
      await becomes(() => world.objects.value(`${core}/pods/${name}`, "spec.containers.0.image"), imageName);
    }
    await becomes(() => world.objects.value(`${clusters}/postgresql`, "status.phase"), "Cluster in healthy state");
  });

  test("a pooler and a schedule are looked after", async () => {
    const cluster = { name: "postgresql" };
    await world.objects.make(
      poolers,
      custom(POSTGRESQL, "Pooler", "pooler", { cluster, instances: 1, type: "rw", pgbouncer: { poolMode: "session" } }),
    );
    await world.objects.make(
      scheduledBackups,
      custom(POSTGRESQL, "ScheduledBackup", "nightly", { cluster, schedule: "0 0 3 * * *" }),
    );
    await becomes(() => world.objects.value(`${poolers}/pooler`, "status.instances"), 1);
    await becomes(() => world.objects.value(`${scheduledBackups}/nightly`, "status.lastCheckTime"), expect.any(String));
    await world.objects.remove(`${poolers}/pooler`);
  });
}
