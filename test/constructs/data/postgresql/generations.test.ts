import { RECOVERED, SWITCHED } from "../generations";
import { at, list } from "../objects";
import { BACKUP, cluster, names, type Props, problems, rendered } from "./support/rendered";

describe("a second generation", () => {
  const props = { backup: BACKUP, generations: RECOVERED };
  const second = (more: Props = {}) => cluster({ ...props, ...more }, "postgresql-2");

  test("is recovered from the backups of the first, up to the moment", () => {
    expect(at(second(), "spec.bootstrap")).toEqual({
      recovery: {
        source: "postgresql",
        database: "openpanel",
        owner: "openpanel",
        secret: { name: "postgresql-openpanel" },
        recoveryTarget: { targetTime: "2026-11-20T10:00:00Z" },
      },
    });
    expect(at(second(), "spec.externalClusters")).toEqual([
      {
        name: "postgresql",
        plugin: {
          name: "barman-cloud.cloudnative-pg.io",
          parameters: { barmanObjectName: "postgresql", serverName: "postgresql" },
        },
      },
    ]);
  });

  test("is recovered to the newest state when no moment is named", () => {
    const generations = { serving: 1, all: { 1: {}, 2: { recover: { from: 1 } } } };
    expect(at(second({ generations }), "spec.bootstrap.recovery.recoveryTarget")).toBeUndefined();
  });

  test("archives its log into a folder of its own", () => {
    expect(at(second(), "spec.plugins.0.parameters.serverName")).toBe("postgresql-2");
  });

  test("has the databases and roles of the first, with the same secrets", () => {
    expect(names(props, "Database")).toEqual(["postgresql-openpanel", "postgresql-2-openpanel"]);
    expect(at(second(), "spec.managed.roles")).toEqual(at(cluster(props), "spec.managed.roles"));
  });

  test("changes nothing of the first while that serves", () => {
    const first = (all: Props) => [
      rendered(all).object("postgresql", "Cluster", "postgresql"),
      rendered(all).values("postgresql-ready"),
    ];
    expect(first(props)).toEqual(first({ backup: BACKUP }));
  });

  test("takes over the service and the backups when it serves, and the first goes on", () => {
    const switched = { ...props, generations: SWITCHED };
    expect(at(cluster(switched, "postgresql-2"), "spec.managed.services.additional.0.serviceTemplate")).toMatchObject({
      metadata: { name: "postgresql" },
    });
    expect(at(cluster(switched), "spec.managed.services")).toBeUndefined();
    expect(at(rendered(switched).object("postgresql", "ScheduledBackup"), "spec.cluster.name")).toBe("postgresql-2");
    expect(names(switched, "ScheduledBackup")).toEqual(["postgresql-2"]);
  });

  test("stays as it was recovered when the first is gone", () => {
    const alone = { ...props, generations: { serving: 2, all: { 2: SWITCHED.all[2] ?? {} } } };
    expect(names(alone, "Cluster")).toEqual(["postgresql-2"]);
    expect(at(cluster(alone, "postgresql-2"), "spec")).toEqual(
      at(cluster({ ...props, generations: SWITCHED }, "postgresql-2"), "spec"),
    );
  });

  test("is checked through its own service until it serves, and given time to recover", () => {
    const job = rendered(props).object("postgresql-2-ready", "Job");
    expect(list(job, "spec.template.spec.containers.0.env")).toContainEqual({
      name: "PGHOST",
      value: "postgresql-2-rw.data-staging.svc.cluster.local",
    });
    expect(JSON.stringify(at(job, "spec.template.spec.volumes"))).toContain("postgresql-2-ca");
    expect(Number(rendered(props).release("postgresql-2-ready").timeout)).toBeGreaterThan(
      Number(rendered(props).release("postgresql-ready").timeout),
    );
  });

  test("is checked as consumers reach it once it serves, and the first through its own service", () => {
    const switched = rendered({ ...props, generations: SWITCHED });
    const ask = (release: string) => {
      const job = switched.object(release, "Job");
      const host = list(job, "spec.template.spec.containers.0.env").find(({ name }) => name === "PGHOST")?.value;
      return [host, JSON.stringify(at(job, "spec.template.spec.volumes")).match(/postgresql[-0-9]*-ca/)?.[0]];
    };
    expect(ask("postgresql-ready")).toEqual(["postgresql.data-staging.svc.cluster.local", "postgresql-2-ca"]);
    expect(ask("postgresql-1-ready")).toEqual(["postgresql-rw.data-staging.svc.cluster.local", "postgresql-ca"]);
  });

  test.each([
    ["a moment without backups", { backup: undefined }, "generation 2 of postgresql is recovered from backups"],
    ["a generation that serves but is not there", { generations: { serving: 3, all: { 1: {} } } }, "does not exist"],
    [
      "a recovery from itself",
      { generations: { serving: 1, all: { 1: {}, 2: { recover: { from: 2 } } } } },
      "generation 2 of postgresql is recovered from one that is not older",
    ],
    ["a number that is none", { generations: { serving: 0, all: { 0: {} } } }, "has no proper number"],
    ["a service that the operator makes itself", { service: "postgresql-2-rw" }, "gives to one of its own"],
  ])("is refused with %s", (_, wrong: Props, problem) => {
    expect(problems({ ...props, ...wrong })).toEqual([expect.stringContaining(problem)]);
  });
});
