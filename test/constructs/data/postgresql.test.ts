import {
  PostgresqlCluster,
  type PostgresqlClusterProps,
  postgresqlSecrets,
  postgresqlTraffic,
} from "../../../constructs/data/postgresql";
import { at, list, problemsOf, Rendered } from "./objects";

const NAMESPACE = "data-staging";
const OPENPANEL = {
  name: "openpanel",
  owner: "openpanel",
  passwordSecret: { name: "postgresql-openpanel", path: "staging/openpanel" },
};
const BASE: Omit<PostgresqlClusterProps, "target"> = {
  namespace: NAMESPACE,
  name: "postgresql",
  service: "postgresql",
  instances: 1,
  size: { storage: "20Gi", cpu: "500m", memory: "2Gi" },
  protection: "retain",
  databases: [OPENPANEL],
};

const build =
  (props: Partial<PostgresqlClusterProps> = {}) =>
  (...[scope, target]: Parameters<ConstructorParameters<typeof Rendered>[0]>) => {
    new PostgresqlCluster(scope, "postgresql", { ...BASE, ...props, target });
  };
const rendered = (props: Partial<PostgresqlClusterProps> = {}) => new Rendered(build(props), [NAMESPACE]);
const cluster = (props: Partial<PostgresqlClusterProps> = {}) => rendered(props).object("postgresql", "Cluster");

test("consumers find the primary behind the service of seed 000", () => {
  expect(at(cluster(), "spec.managed.services.additional")).toEqual([
    { selectorType: "rw", serviceTemplate: { metadata: { name: "postgresql" }, spec: { type: "ClusterIP" } } },
  ]);
});

test("a retained cluster stays when its release goes, a disposable one does not", () => {
  const kept = { "helm.sh/resource-policy": "keep" };
  expect(at(cluster(), "metadata.annotations")).toEqual(kept);
  expect(at(rendered().object("postgresql", "Database"), "metadata.annotations")).toEqual(kept);
  expect(at(cluster({ protection: "delete" }), "metadata.annotations")).toEqual({});
});

test("volumes use the storage class that fits the protection", () => {
  expect(at(cluster(), "spec.storage.storageClass")).toBe("vultr-block-storage-retain");
  expect(at(cluster({ protection: "delete" }), "spec.storage.storageClass")).toBe("vultr-block-storage");
  expect(at(cluster({ storageClass: "local" }), "spec.storage.storageClass")).toBe("local");
});

test("each owner reaches its own database over TLS, and nobody reaches any other", () => {
  const shop = { name: "shop", owner: "shop_owner", passwordSecret: { name: "postgresql-shop", path: "staging/shop" } };
  expect(at(cluster({ databases: [OPENPANEL, shop] }), "spec.postgresql.pg_hba")).toEqual([
    "hostssl openpanel openpanel all scram-sha-256",
    "hostssl shop shop_owner all scram-sha-256",
    "host all all all reject",
  ]);
});

test("an owner's password comes from its secret, at creation and ever after", () => {
  expect(at(cluster(), "spec.bootstrap.initdb.secret")).toEqual({ name: "postgresql-openpanel" });
  expect(list(cluster(), "spec.managed.roles")).toEqual([
    expect.objectContaining({ name: "openpanel", superuser: false, passwordSecret: { name: "postgresql-openpanel" } }),
  ]);
});

test("a database is never dropped with its object", () => {
  for (const protection of ["retain", "delete"] as const) {
    const database = rendered({ protection }).object("postgresql", "Database");
    expect(at(database, "spec.databaseReclaimPolicy")).toBe("retain");
  }
});

test("a single instance has no disruption budget, several have one and replicate synchronously", () => {
  expect(at(cluster(), "spec.enablePDB")).toBe(false);
  expect(at(cluster({ instances: 3 }), "spec.enablePDB")).toBe(true);
  expect(at(cluster({ instances: 3 }), "spec.postgresql.synchronous.number")).toBe(1);
});

test("shared buffers take a quarter of the memory", () => {
  expect(at(cluster(), "spec.postgresql.parameters.shared_buffers")).toBe("512MB");
});

describe("the readiness Job", () => {
  const job = (props: Partial<PostgresqlClusterProps> = {}) => rendered(props).object("postgresql-ready", "Job");
  const container = (props: Partial<PostgresqlClusterProps> = {}) => at(job(props), "spec.template.spec.containers.0");

  test("logs in as the owner through the service and checks the certificate", () => {
    expect(list(container(), "env")).toEqual(
      expect.arrayContaining([
        { name: "PGHOST", value: "postgresql.data-staging.svc.cluster.local" },
        { name: "PGUSER", value: "openpanel" },
        { name: "PGSSLMODE", value: "verify-full" },
        { name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: "postgresql-openpanel", key: "password" } } },
      ]),
    );
  });

  test("takes the right to connect away from PUBLIC", () => {
    expect(String(at(container(), "command.2"))).toContain("REVOKE ALL ON DATABASE openpanel FROM PUBLIC");
  });

  test("never sees the key of the certificate authority", () => {
    const [volume] = list(job(), "spec.template.spec.volumes").filter((each) => each.name === "ca");
    expect(at(volume, "secret.items")).toEqual([{ key: "ca.crt", path: "ca.crt" }]);
  });

  test("runs without rights and is waited for", () => {
    expect(at(job(), "spec.template.spec.automountServiceAccountToken")).toBe(false);
    expect(at(job(), "spec.template.spec.securityContext.runAsNonRoot")).toBe(true);
    expect(at(container(), "securityContext.readOnlyRootFilesystem")).toBe(true);
    expect(rendered().release("postgresql-ready")).toMatchObject({ wait_for_jobs: true, atomic: false });
  });

  test("has another name when the cluster's spec changes, and the same when it does not", () => {
    const name = (props: Partial<PostgresqlClusterProps> = {}) => at(job(props), "metadata.name");
    expect(name()).toMatch(/^postgresql-openpanel-ready-[0-9a-f]{8}$/);
    expect(name()).toBe(name());
    expect(name({ instances: 3 })).not.toBe(name());
  });

  test("ends before Helm gives up, and stays", () => {
    expect(Number(at(job(), "spec.activeDeadlineSeconds"))).toBeLessThan(
      Number(rendered().release("postgresql-ready").timeout),
    );
    expect(at(job(), "spec.ttlSecondsAfterFinished")).toBeUndefined();
  });
});

test("names that pg_hba.conf reads as something else are refused", () => {
  for (const name of ["all", "replication", "Shop", "pg_shop", "shop;drop"]) {
    expect(problemsOf(build({ databases: [{ ...OPENPANEL, name }] }), [NAMESPACE])).toEqual([
      expect.stringContaining("PostgreSQL name is not allowed here"),
    ]);
  }
});

test("two databases with one owner are refused", () => {
  const shop = { ...OPENPANEL, name: "shop", passwordSecret: { name: "postgresql-shop", path: "staging/shop" } };
  expect(problemsOf(build({ databases: [OPENPANEL, shop] }), [NAMESPACE])).toEqual([
    expect.stringContaining("two databases of one cluster share a name, an owner or a password secret"),
  ]);
});

test("a cluster without a database is refused", () => {
  expect(problemsOf(build({ databases: [] }), [NAMESPACE])).toEqual([
    expect.stringContaining("the cluster has no database"),
  ]);
});

test("the operator gets the credentials in the type that it reads, and is told when they change", () => {
  expect(postgresqlSecrets([OPENPANEL])).toEqual([
    {
      name: "postgresql-openpanel",
      path: "staging/openpanel",
      type: "kubernetes.io/basic-auth",
      template: { username: "{{ .postgres_user }}", password: "{{ .postgres_password }}" },
      labels: { "cnpg.io/reload": "true" },
    },
  ]);
});

test("only the named consumers and the operator reach the store", () => {
  const traffic = postgresqlTraffic({ consumers: ["openpanel-staging"] });
  expect(traffic.filter((rule) => "from" in rule)).toEqual([
    { from: "namespace", namespace: "cnpg-system", ports: [8000, 5432] },
    { from: "namespace", namespace: "openpanel-staging", ports: [5432] },
  ]);
  expect(traffic).not.toContainEqual(expect.objectContaining({ to: "internet" }));
});
