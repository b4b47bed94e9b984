import { SWITCHED } from "../generations";
import { at } from "../objects";
import { BACKUP, cluster, kinds, names, type Props, rendered } from "./support/rendered";

describe("poolers", () => {
  const props = { poolers: 2 };
  const pooler = (more: Props = {}) => rendered({ ...props, ...more }).object("postgresql", "Pooler");
  const poolerService = (more: Props = {}) => rendered({ ...props, ...more }).object("postgresql", "Service");

  test("share connections between transactions, know prepared statements, and want TLS of their clients", () => {
    expect(at(pooler(), "spec")).toMatchObject({
      cluster: { name: "postgresql" },
      type: "rw",
      instances: 2,
      pgbouncer: {
        poolMode: "transaction",
        parameters: { client_tls_sslmode: "require", max_prepared_statements: "200" },
      },
    });
  });

  test("leave connections of the server to those that come directly", () => {
    const size = (more: Props) => Number(at(pooler(more), "spec.pgbouncer.parameters.default_pool_size"));
    expect(2 * size({})).toBeLessThan(100);
    expect(5 * size({ poolers: 5 })).toBeLessThan(100);
  });

  test("run a pinned image, with bounded memory and apart from each other", () => {
    expect(at(pooler(), "spec.template.spec.containers")).toEqual([
      {
        name: "pgbouncer",
        image: expect.stringMatching(/^ghcr\.io\/cloudnative-pg\/pgbouncer:\d+\.\d+\.\d+$/),
        resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
      },
    ]);
    expect(at(pooler(), "spec.template.spec.topologySpreadConstraints.0.topologyKey")).toBe("kubernetes.io/hostname");
    expect(at(rendered(props).object("postgresql", "PodDisruptionBudget"), "spec.maxUnavailable")).toBe(1);
  });

  test("of one pod have no budget, which would forbid every drain", () => {
    expect(kinds({ poolers: 1 }, "PodDisruptionBudget")).toEqual([]);
  });

  test("are reached under one name whichever generation serves: the cluster of a Pooler can't be changed", () => {
    const switched = { generations: SWITCHED, backup: BACKUP };
    expect(at(poolerService(), "metadata.name")).toBe("postgresql-pooler");
    expect(at(poolerService(), "spec.selector")).toEqual({ "cnpg.io/poolerName": "postgresql-pgbouncer" });
    expect(at(poolerService(switched), "metadata.name")).toBe("postgresql-pooler");
    expect(at(poolerService(switched), "spec.selector")).toEqual({ "cnpg.io/poolerName": "postgresql-2-pgbouncer" });
    expect(names({ ...props, ...switched }, "Pooler")).toEqual(["postgresql-2-pgbouncer"]);
  });

  test("show a certificate with that name, and the direct service stays", () => {
    expect(at(cluster(props), "spec.certificates.serverAltDNSNames")).toContain("postgresql-pooler.data-staging.svc");
    expect(at(cluster(props), "spec.managed.services")).toEqual(at(cluster(), "spec.managed.services"));
  });

  test("are logged in through before anything above starts", () => {
    const script = String(
      at(rendered(props).object("postgresql-ready", "Job"), "spec.template.spec.containers.0.command.2"),
    );
    expect(script).toContain("PGHOST=postgresql-pooler.data-staging.svc.cluster.local psql");
  });

  test("are not there unless asked for", () => {
    expect([...kinds({}, "Pooler"), ...kinds({}, "Service"), ...kinds({}, "PodDisruptionBudget")]).toEqual([]);
    expect(at(cluster(), "spec.certificates")).toBeUndefined();
  });
});
