import { custom } from "../../manifests";
import { becomes } from "../../objects";
import { BARMAN, collectionOf, core, POSTGRESQL } from "../places";
import type { World } from "../world";
import { clusters, scheduledBackups } from "./places";

/** A cluster that is made of another's backups. */
export function recoveryTests(world: World): void {
  test("a second cluster is recovered from the backups of the first, and takes over its Service", async () => {
    const plugin = (serverName: string) => ({
      name: "barman-cloud.cloudnative-pg.io",
      parameters: { barmanObjectName: "postgresql", serverName },
    });
    const archiving = (serverName: string) => [{ ...plugin(serverName), isWALArchiver: true }];
    const keys = {
      accessKeyId: { name: "owner", key: "username" },
      secretAccessKey: { name: "owner", key: "password" },
    };
    await world.objects.make(
      collectionOf(BARMAN, "objectstores"),
      custom(BARMAN, "ObjectStore", "postgresql", {
        configuration: { destinationPath: "s3://bucket/postgresql", s3Credentials: keys },
      }),
    );
    await world.objects.make(
      clusters,
      custom(POSTGRESQL, "Cluster", "postgresql-2", {
        instances: 1,
        imageName: "ghcr.io/cloudnative-pg/postgresql:18",
        storage: { size: "10Gi", storageClass: "vultr-block-storage" },
        bootstrap: { recovery: { source: "postgresql", database: "openpanel", owner: "openpanel" } },
        externalClusters: [{ name: "postgresql", plugin: plugin("postgresql") }],
        plugins: archiving("postgresql-2"),
        managed: {
          services: { additional: [{ selectorType: "rw", serviceTemplate: { metadata: { name: "op-db" } } }] },
        },
      }),
    );
    const phase = () => world.objects.value(`${clusters}/postgresql-2`, "status.phaseReason");
    await becomes(phase, "no target backup found for postgresql");
    await world.objects.change(`${clusters}/postgresql`, { spec: { plugins: archiving("postgresql") } });
    const backup = { method: "plugin", pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" } };
    const schedule = { cluster: { name: "postgresql" }, schedule: "0 0 3 * * *", immediate: true, ...backup };
    await world.objects.make(
      scheduledBackups,
      custom(POSTGRESQL, "ScheduledBackup", "at-once", { ...schedule, backupOwnerReference: "cluster" }),
    );
    const healthy = "Cluster in healthy state";
    await becomes(() => world.objects.value(`${clusters}/postgresql-2`, "status.phase"), healthy);
    expect(await world.objects.value(`${core}/pods/postgresql-2-1`, "spec.initContainers.0.name")).toBe(
      "plugin-barman-cloud",
    );
    const owner = () => world.objects.value(`${core}/services/op-db`, "metadata.ownerReferences.0.name");
    expect(await owner()).toBe("postgresql");
    await world.objects.change(`${clusters}/postgresql`, { spec: { managed: { services: null } } });
    await becomes(owner, "postgresql-2");
    for (const name of ["at-once", "nightly"]) await world.objects.remove(`${scheduledBackups}/${name}`);
    await world.objects.remove(`${clusters}/postgresql-2`);
  });
}
