import { at, list } from "../objects";
import { BACKUP, cluster, kinds, rendered } from "./support/rendered";

describe("with backups", () => {
  const props = { backup: BACKUP };
  const store = () => rendered(props).object("postgresql", "ObjectStore");

  test("the log is archived, into a folder of the cluster's own", () => {
    expect(at(cluster(props), "spec.plugins")).toEqual([
      {
        name: "barman-cloud.cloudnative-pg.io",
        isWALArchiver: true,
        parameters: { barmanObjectName: "postgresql", serverName: "postgresql" },
      },
    ]);
    expect(at(store(), "spec.configuration.destinationPath")).toBe("s3://acme-staging-backups/postgresql");
  });

  test("the key pair comes from the secret of the namespace", () => {
    expect(at(store(), "spec.configuration.s3Credentials")).toEqual({
      accessKeyId: { name: "backups", key: "access_key" },
      secretAccessKey: { name: "backups", key: "secret_key" },
    });
  });

  test("they are compressed, kept as long as asked, and made with bounded memory", () => {
    expect(at(store(), "spec")).toMatchObject({
      retentionPolicy: "14d",
      configuration: { wal: { compression: "gzip" }, data: { compression: "gzip" } },
      instanceSidecarConfiguration: { resources: { limits: { memory: "1Gi" } } },
    });
    expect(list(store(), "spec.instanceSidecarConfiguration.env")).toContainEqual({
      name: "AWS_DEFAULT_REGION",
      value: "ewr1",
    });
  });

  test("they go to the object store of the configuration", () => {
    expect(at(store(), "spec.configuration.endpointURL")).toBe("https://ewr1.vultrobjects.com");
  });

  test("the first is made at once, the others when asked: with seconds in front of the schedule", () => {
    expect(at(rendered(props).object("postgresql", "ScheduledBackup"), "spec")).toEqual({
      cluster: { name: "postgresql" },
      schedule: "0 30 1 * * *",
      immediate: true,
      method: "plugin",
      pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
      backupOwnerReference: "cluster",
    });
  });

  test("a retained cluster keeps its object store too", () => {
    expect(at(store(), "metadata.annotations")).toEqual({ "helm.sh/resource-policy": "keep" });
  });

  test("without them there is none of it", () => {
    expect(at(cluster(), "spec.plugins")).toBeUndefined();
    expect([...kinds({}, "ObjectStore"), ...kinds({}, "ScheduledBackup")]).toEqual([]);
  });
});
