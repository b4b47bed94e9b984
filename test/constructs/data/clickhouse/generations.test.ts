import { at, list, type Rendered } from "../objects";
import { BACKUP, environment, problems, RESTORING, rendered, SWITCHED, setting } from "./support/rendered";

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

test("only a generation that is restored lets its migrator read backups", () => {
  const grants = (user: string, release: string): string[] => setting(`${user}/grants/query`, RESTORING, release);
  expect(grants("openpanel_migrator", "clickhouse").join()).not.toContain("COLLECTION");
  expect(grants("openpanel_migrator", "clickhouse-2")).toContain("GRANT NAMED COLLECTION ON backups");
  expect(grants("openpanel", "clickhouse-2").join()).not.toContain("COLLECTION");
  expect(grants("backup", "clickhouse-2")).toContain("GRANT SHOW, CREATE DATABASE ON restored.*");
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
  expect(problems({ generations: recovering })).toEqual([
    expect.stringContaining("the ClickHouse generation that serves does not exist"),
    expect.stringContaining("a ClickHouse generation starts from a backup, and there are none"),
  ]);
});
