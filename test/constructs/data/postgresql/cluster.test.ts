import { postgresqlSecrets } from "../../../../constructs/data/postgresql";
import { at, list } from "../objects";
import { cluster, OPENPANEL, problems, rendered } from "./support/rendered";

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

test("names that pg_hba.conf reads as something else are refused", () => {
  for (const name of ["all", "replication", "Shop", "pg_shop", "shop;drop", "streaming_replica", "cnpg_shop"]) {
    expect(problems({ databases: [{ ...OPENPANEL, name }] })).toEqual([
      expect.stringContaining("PostgreSQL name is not allowed here"),
    ]);
  }
});

test("two databases with one owner are refused", () => {
  const shop = { ...OPENPANEL, name: "shop", passwordSecret: { name: "postgresql-shop", path: "staging/shop" } };
  expect(problems({ databases: [OPENPANEL, shop] })).toEqual([
    expect.stringContaining("two databases of one cluster share a name, an owner or a password secret"),
  ]);
});

test("a cluster without a database is refused", () => {
  expect(problems({ databases: [] })).toEqual([expect.stringContaining("the cluster has no database")]);
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
