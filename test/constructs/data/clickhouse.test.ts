import type { Construct } from "constructs";
import type { Json } from "../../../constructs/core/json";
import type { BackupTarget } from "../../../constructs/data/backup-target";
import {
  ClickhouseInstallation,
  type ClickhouseInstallationProps,
  clickhouseSecrets,
  clickhouseTraffic,
} from "../../../constructs/data/clickhouse";
import type { ClusterTarget } from "../../../constructs/kubernetes/cluster-target";
import { at, list, problemsOf, Rendered } from "./objects";

const NAMESPACE = "data-staging";
const OPENPANEL = {
  name: "openpanel",
  runtimeUser: "openpanel",
  migratorUser: "openpanel_migrator",
  secret: { name: "clickhouse-openpanel", path: "staging/openpanel" },
};
const BASE: Omit<ClickhouseInstallationProps, "target"> = {
  namespace: NAMESPACE,
  name: "clickhouse",
  service: "clickhouse",
  size: { storage: "50Gi", cpu: "1", memory: "4Gi" },
  protection: "retain",
  databases: [OPENPANEL],
};

const build =
  (props: Partial<ClickhouseInstallationProps> = {}) =>
  (scope: Construct, target: ClusterTarget) => {
    new ClickhouseInstallation(scope, "clickhouse", { ...BASE, ...props, target });
  };
const rendered = (props: Partial<ClickhouseInstallationProps> = {}) => new Rendered(build(props), [NAMESPACE]);
const installation = (props: Partial<ClickhouseInstallationProps> = {}) =>
  rendered(props).object("clickhouse", "ClickHouseInstallation");
const setting = (path: string, props: Partial<ClickhouseInstallationProps> = {}, release = "clickhouse") =>
  Object(at(rendered(props).object(release, "ClickHouseInstallation"), "spec.configuration.users"))[path];

const BACKUP: BackupTarget = {
  endpoint: "https://ewr1.vultrobjects.com",
  region: "us-east-1",
  bucket: "acme-backups-staging",
  secret: { name: "backups", path: "staging/backups" },
  schedule: "30 1 * * *",
  retentionDays: 14,
};
/** A second generation is made from the first one's backups, and the first still serves. */
const RESTORING: Partial<ClickhouseInstallationProps> = {
  backup: BACKUP,
  generations: { serving: 1, all: { 1: {}, 2: { recover: { from: 1, to: "2026-11-20T10:00:00Z" } } } },
};
const SWITCHED: Partial<ClickhouseInstallationProps> = {
  ...RESTORING,
  generations: { serving: 2, all: { 1: {}, 2: { recover: { from: 1, to: "2026-11-20T10:00:00Z" } } } },
};
const environment = (container: Json | undefined) =>
  Object.fromEntries(
    list(container, "env").map(({ name, value, valueFrom }) => [
      String(name),
      value ?? `${at(valueFrom, "secretKeyRef.name")}/${at(valueFrom, "secretKeyRef.key")}`,
    ]),
  );

test("consumers find the serving generation behind the service of seed 000, over HTTP and the native protocol", () => {
  const service = rendered().object("clickhouse-service", "Service");
  expect(at(service, "metadata.name")).toBe("clickhouse");
  expect(list(service, "spec.ports").map((port) => port.port)).toEqual([8123, 9000]);
  expect(at(service, "spec.selector")).toEqual({
    "clickhouse.altinity.com/chi": "clickhouse",
    "clickhouse.altinity.com/ready": "yes",
  });
});

test("every generation has a service of its own, so that it can be looked at before it serves", () => {
  for (const [release, name] of Object.entries({ clickhouse: "clickhouse-1", "clickhouse-2": "clickhouse-2" })) {
    const generation = rendered(RESTORING).object(release, "ClickHouseInstallation");
    const [service] = list(generation, "spec.templates.serviceTemplates");
    expect(service?.generateName).toBe(name);
    expect(at(generation, "spec.defaults.templates.serviceTemplate")).toBe(service?.name);
  }
});

test("a switch changes what consumers reach and where backups come from, and no server", () => {
  const before = rendered(RESTORING);
  const after = rendered(SWITCHED);
  for (const release of ["clickhouse", "clickhouse-2"]) expect(after.values(release)).toEqual(before.values(release));
  const selected = (one: Rendered) => at(one.object("clickhouse-service", "Service"), "spec.selector");
  expect(selected(before)).toMatchObject({ "clickhouse.altinity.com/chi": "clickhouse" });
  expect(selected(after)).toMatchObject({ "clickhouse.altinity.com/chi": "clickhouse-2" });
  const folder = (one: Rendered) =>
    environment(at(one.object("clickhouse-backup", "CronJob"), "spec.jobTemplate.spec.template.spec.containers.0"));
  expect(folder(before).GENERATION).toBe("1");
  expect(folder(after).GENERATION).toBe("2");
});

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

test("only a generation that is restored lets its migrator read backups", () => {
  const grants = (user: string, release: string): string[] => setting(`${user}/grants/query`, RESTORING, release);
  expect(grants("openpanel_migrator", "clickhouse").join()).not.toContain("COLLECTION");
  expect(grants("openpanel_migrator", "clickhouse-2")).toContain("GRANT NAMED COLLECTION ON backups");
  expect(grants("openpanel", "clickhouse-2").join()).not.toContain("COLLECTION");
  expect(grants("backup", "clickhouse-2")).toContain("GRANT SHOW, CREATE DATABASE ON restored.*");
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

describe("the restore Job", () => {
  const job = () => rendered(RESTORING).object("clickhouse-2-restore", "Job");
  const pod = () => at(job(), "spec.template.spec");

  test("chooses a backup of the other generation for the moment, and restores as the migrator of each database", () => {
    expect(environment(at(pod(), "initContainers.0"))).toMatchObject({ FROM: "1", TO: "2026-11-20 10:00:00" });
    expect(environment(at(pod(), "containers.0"))).toMatchObject({
      SERVER: "clickhouse-2.data-staging.svc.cluster.local",
      MIGRATOR_USER_0: "openpanel_migrator",
      MIGRATOR_PASSWORD_0: "clickhouse-openpanel/migrator_password",
    });
    expect(at(pod(), "containers.0.command.2")).toContain("RESTORE DATABASE openpanel FROM S3(backups, '$backup')");
  });

  test("is made anew by a deployment after one that failed, but does not start over by itself", () => {
    expect(at(job(), "spec.backoffLimit")).toBe(0);
    expect(Object(at(job(), "metadata.annotations"))["helm.sh/hook-delete-policy"]).toBe("before-hook-creation");
  });

  test("ends before anybody asks whether the generation is ready", () => {
    const { releases } = rendered(RESTORING);
    const ready = releases.find(({ name }) => name === "clickhouse-2-ready");
    expect(JSON.stringify(ready?.depends_on)).toContain("restore");
  });

  test("takes the newest backup when no moment is given", () => {
    const generations = { serving: 1, all: { 1: {}, 2: { recover: { from: 1 } } } };
    const newest = rendered({ backup: BACKUP, generations }).object("clickhouse-2-restore", "Job");
    expect(environment(at(newest, "spec.template.spec.initContainers.0")).TO).toBe("");
  });
});

test("a recovery without backups is refused, and a generation that serves without existing", () => {
  const recovering = { serving: 3, all: { 1: {}, 2: { recover: { from: 1 } } } };
  expect(problemsOf(build({ generations: recovering }), [NAMESPACE])).toEqual([
    expect.stringContaining("the ClickHouse generation that serves does not exist"),
    expect.stringContaining("a ClickHouse generation starts from a backup, and there are none"),
  ]);
});

test("a server older than 25.10 is refused", () => {
  const problems = (tag: string) => problemsOf(build({ image: `clickhouse/clickhouse-server:${tag}` }), [NAMESPACE]);
  expect(problems("25.9.4.58")).toEqual([expect.stringContaining("ClickHouse is older than the applications need")]);
});

test.each(["25.10.2.65", "25.10.2-alpine", "26.3.1.1"])("a server of version %s is new enough", (tag) => {
  expect(() => rendered({ image: `clickhouse/clickhouse-server:${tag}` }).release("clickhouse")).not.toThrow();
});

test("a retained installation keeps its object and its volumes, a disposable one neither", () => {
  const reclaim = (props: Partial<ClickhouseInstallationProps>) =>
    at(installation(props), "spec.templates.volumeClaimTemplates.0.reclaimPolicy");
  expect(at(installation(), "metadata.annotations")).toEqual({ "helm.sh/resource-policy": "keep" });
  expect(reclaim({})).toBe("Retain");
  expect(at(installation({ protection: "delete" }), "metadata.annotations")).toEqual({});
  expect(reclaim({ protection: "delete" })).toBe("Delete");
});

test("every grant ends at the application's database, but for progress in system tables", () => {
  for (const user of ["openpanel", "openpanel_migrator"]) {
    for (const grant of setting(`${user}/grants/query`)) expect(grant).toMatch(/ ON (openpanel\.\*|system\.[a-z]+)$/);
  }
});

test("the running application can't change the schema", () => {
  expect(setting("openpanel/grants/query").join()).not.toMatch(/CREATE|DROP|TRUNCATE|ALTER(?! (UPDATE|DELETE))/);
});

test("the migrator can't drop the database", () => {
  expect(setting("openpanel_migrator/grants/query").join()).not.toMatch(/DROP DATABASE|\bALL\b/);
});

test("users log in from the pods' addresses only, and the default user from its own pod only", () => {
  expect(setting("openpanel/networks/ip")).toEqual(["10.244.0.0/16"]);
  expect(setting("openpanel_migrator/networks/ip")).toEqual(["10.244.0.0/16"]);
  expect(setting("default/networks/ip")).toEqual(["127.0.0.1", "::1"]);
});

test("the server knows hashes of passwords, from a secret", () => {
  expect(setting("openpanel/password_sha256_hex")).toEqual({
    valueFrom: { secretKeyRef: { name: "clickhouse-openpanel", key: "runtime_password_sha256_hex" } },
  });
  expect(JSON.stringify(clickhouseSecrets([OPENPANEL]))).toContain("{{ .clickhouse_password | sha256sum }}");
});

test("the server runs as its own user, without rights", () => {
  const pod = at(installation(), "spec.templates.podTemplates.0.spec");
  expect(at(pod, "securityContext")).toMatchObject({ runAsNonRoot: true, runAsUser: 101, fsGroup: 101 });
  expect(at(pod, "containers.0.securityContext")).toMatchObject({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  });
});

test("the readiness Job makes the database as the migrator and logs in to it as the application", () => {
  const job = rendered().object("clickhouse-ready", "Job");
  const script = String(at(job, "spec.template.spec.containers.0.command.2"));
  expect(script).toMatch(/\$MIGRATOR_USER.*CREATE DATABASE IF NOT EXISTS openpanel/);
  expect(script).toMatch(/\$RUNTIME_USER.*SELECT 1.*database=openpanel/);
  expect(list(job, "spec.template.spec.containers.0.env")).toContainEqual({
    name: "CLICKHOUSE_HTTP",
    value: "http://clickhouse.data-staging.svc.cluster.local:8123/",
  });
});

test("a name of the server's own is refused", () => {
  expect(problemsOf(build({ databases: [{ ...OPENPANEL, name: "system" }] }), [NAMESPACE])).toEqual([
    expect.stringContaining("ClickHouse name is not allowed here"),
  ]);
});

test("one user for both roles is refused", () => {
  expect(problemsOf(build({ databases: [{ ...OPENPANEL, migratorUser: "openpanel" }] }), [NAMESPACE])).toEqual([
    expect.stringContaining("two databases or users of one installation share a name"),
  ]);
});

test("only the named consumers and the operator reach the servers, and no other pod of the namespace", () => {
  const pods = at(installation(), "spec.templates.podTemplates.0.metadata.labels");
  expect(clickhouseTraffic({ consumers: ["openpanel-staging"] })).toEqual([
    { from: "namespace", namespace: "clickhouse-operator", ports: [8123, 9000], pods },
    { from: "namespace", namespace: "openpanel-staging", ports: [8123, 9000], pods },
    { within: "namespace" },
  ]);
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
