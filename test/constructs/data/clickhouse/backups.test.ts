import { clickhouseTraffic } from "../../../../constructs/data/clickhouse";
import { at } from "../objects";
import { BACKUP, environment, installation, rendered, setting } from "./support/rendered";

test("without backups there is neither a Job for them nor a user", () => {
  expect(() => rendered().release("clickhouse-backup")).toThrow();
  expect(setting("backup/password_sha256_hex")).toBeUndefined();
  expect(at(installation(), "spec.configuration.files")).toBeUndefined();
});

test("the server knows the object store under a name, and its keys from the environment only", () => {
  const server = rendered({ backup: BACKUP }).object("clickhouse", "ClickHouseInstallation");
  const file = String(Object(at(server, "spec.configuration.files"))["config.d/backups.xml"]);
  expect(file).toContain("<url>https://ewr1.vultrobjects.com/acme-backups-staging/clickhouse/</url>");
  expect(file).toContain('<access_key_id from_env="BACKUP_ACCESS_KEY" hide_in_preprocessed="true"/>');
  expect(environment(at(server, "spec.templates.podTemplates.0.spec.containers.0"))).toEqual({
    BACKUP_ACCESS_KEY: "backups/access_key",
    BACKUP_SECRET_KEY: "backups/secret_key",
  });
});

test("the backup user may read the databases through backups, and nothing else", () => {
  expect(setting("backup/grants/query", { backup: BACKUP })).toEqual([
    "GRANT BACKUP ON openpanel.*",
    "GRANT NAMED COLLECTION ON backups",
  ]);
  expect(setting("backup/password_sha256_hex", { backup: BACKUP })).toEqual({
    valueFrom: { secretKeyRef: { name: "backups", key: "clickhouse_password_sha256_hex" } },
  });
});

describe("the backup Job", () => {
  const job = () => rendered({ backup: BACKUP }).object("clickhouse-backup", "CronJob");
  const pod = () => at(job(), "spec.jobTemplate.spec.template");

  test("runs on schedule in UTC, never twice at a time, and what failed can be read", () => {
    expect(at(job(), "spec")).toMatchObject({
      schedule: "30 1 * * *",
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: { backoffLimit: 1, activeDeadlineSeconds: 21600 } },
    });
  });

  test("has credentials in variables from secrets only, never in a command", () => {
    const containers = [at(pod(), "spec.initContainers.0"), at(pod(), "spec.containers.0")];
    const [backup, keep] = containers.map(environment);
    expect(backup).toMatchObject({ CLICKHOUSE_USER: "backup", CLICKHOUSE_PASSWORD: "backups/clickhouse_password" });
    expect(keep).toMatchObject({
      RCLONE_CONFIG_STORE_ACCESS_KEY_ID: "backups/access_key",
      RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: "backups/secret_key",
      RETENTION_DAYS: "14",
    });
    for (const container of containers) {
      expect(JSON.stringify(at(container, "command"))).not.toMatch(/PASSWORD|SECRET|ACCESS_KEY/);
    }
  });

  test("runs as nobody who could write but to its own folders", () => {
    expect(at(pod(), "spec.securityContext")).toMatchObject({ runAsNonRoot: true, runAsUser: 101 });
    for (const container of [at(pod(), "spec.initContainers.0"), at(pod(), "spec.containers.0")]) {
      expect(at(container, "securityContext")).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
      });
    }
  });
});

test("only the servers and the Jobs of backups reach object storage", () => {
  const servers = at(installation(), "spec.templates.podTemplates.0.metadata.labels");
  const { labels: jobs } = Object(
    at(rendered({ backup: BACKUP }).object("clickhouse-backup", "CronJob"), "spec.jobTemplate.spec.template.metadata"),
  );
  const outside = clickhouseTraffic({ consumers: [], backup: true }).filter((line) => "to" in line);
  expect(outside).toMatchObject([
    { to: "internet", ports: [443], pods: servers },
    { to: "internet", ports: [443], pods: jobs },
  ]);
});
