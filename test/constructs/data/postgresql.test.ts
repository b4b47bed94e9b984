import type { BackupTarget } from "../../../constructs/data/backup-target";
import type { Generations } from "../../../constructs/data/generations";
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

const BACKUP: BackupTarget = {
  endpoint: "https://ewr1.vultrobjects.com",
  region: "ewr1",
  bucket: "acme-staging-backups",
  secret: { name: "backups", path: "staging/backups" },
  schedule: "30 1 * * *",
  retentionDays: 14,
};
/** The first serves, the second was recovered from it. */
const RECOVERED: Generations = { serving: 1, all: { 1: {}, 2: { recover: { from: 1, to: "2026-11-20T10:00:00Z" } } } };
const SWITCHED: Generations = { ...RECOVERED, serving: 2 };

const build =
  (props: Partial<PostgresqlClusterProps> = {}) =>
  (...[scope, target]: Parameters<ConstructorParameters<typeof Rendered>[0]>) => {
    new PostgresqlCluster(scope, "postgresql", { ...BASE, ...props, target });
  };
const rendered = (props: Partial<PostgresqlClusterProps> = {}) => new Rendered(build(props), [NAMESPACE]);
const cluster = (props: Partial<PostgresqlClusterProps> = {}, name = "postgresql") =>
  rendered(props).object("postgresql", "Cluster", name);
const kinds = (props: Partial<PostgresqlClusterProps>, kind: string) =>
  rendered(props)
    .objects("postgresql")
    .filter((object) => object.kind === kind);
const names = (props: Partial<PostgresqlClusterProps>, kind: string) =>
  kinds(props, kind).map((object) => at(object, "metadata.name"));

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

  test("takes the right to connect away from PUBLIC, and leaves it to the metrics", () => {
    const script = String(at(container(), "command.2"));
    expect(script).toContain("REVOKE ALL ON DATABASE openpanel FROM PUBLIC");
    expect(script).toContain("GRANT CONNECT ON DATABASE openpanel TO cnpg_metrics_exporter");
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
  for (const name of ["all", "replication", "Shop", "pg_shop", "shop;drop", "streaming_replica", "cnpg_shop"]) {
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

describe("the network", () => {
  const DATABASE = {
    "app.kubernetes.io/name": "postgresql",
    "app.kubernetes.io/managed-by": "cloudnative-pg",
    "app.kubernetes.io/component": "database",
  };
  const OPERATED = { "app.kubernetes.io/name": "postgresql", "app.kubernetes.io/managed-by": "cloudnative-pg" };

  test("lets only the named consumers and the operator in, and only to PostgreSQL's own pods", () => {
    const traffic = postgresqlTraffic({ consumers: ["openpanel-staging"] });
    expect(traffic.filter((rule) => "from" in rule)).toEqual([
      { from: "namespace", namespace: "cnpg-system", ports: [8000, 5432], pods: DATABASE },
      { from: "namespace", namespace: "openpanel-staging", ports: [5432], pods: OPERATED },
    ]);
    expect(traffic).not.toContainEqual(expect.objectContaining({ to: "internet" }));
  });

  test("lets backups out, from the instances and from nothing else", () => {
    const traffic = postgresqlTraffic({ consumers: [], backup: true });
    expect(traffic.filter((rule) => "to" in rule && rule.to === "internet")).toEqual([
      expect.objectContaining({ ports: [443], pods: DATABASE }),
    ]);
  });
});

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

describe("a second generation", () => {
  const props = { backup: BACKUP, generations: RECOVERED };
  const second = (more: Partial<PostgresqlClusterProps> = {}) => cluster({ ...props, ...more }, "postgresql-2");

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
    const first = (all: Partial<PostgresqlClusterProps>) => [
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
  ])("is refused with %s", (_, wrong: Partial<PostgresqlClusterProps>, problem) => {
    expect(problemsOf(build({ ...props, ...wrong }), [NAMESPACE])).toEqual([expect.stringContaining(problem)]);
  });
});

describe("poolers", () => {
  const props = { poolers: 2 };
  const pooler = (more: Partial<PostgresqlClusterProps> = {}) =>
    rendered({ ...props, ...more }).object("postgresql", "Pooler");
  const poolerService = (more: Partial<PostgresqlClusterProps> = {}) =>
    rendered({ ...props, ...more }).object("postgresql", "Service");

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
    const size = (more: Partial<PostgresqlClusterProps>) =>
      Number(at(pooler(more), "spec.pgbouncer.parameters.default_pool_size"));
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
