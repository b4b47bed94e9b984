import { X509Certificate } from "node:crypto";
import { credentials } from "../../constructs/components/clickhouse-operator/credentials";
import { custom, definition } from "./support/controllers/manifests";
import { becomes } from "./support/controllers/objects";
import { Playground, tools } from "./support/controllers/playground";
import { VaultOfTest } from "./support/controllers/vault";

jest.setTimeout(120_000);

const playground = new Playground();
const objects = () => playground.objects;
const core = "/api/v1/namespaces/data-staging";
const INTERNAL_ISSUER = "internal-ca";
const CERTIFICATES = "cert-manager.io/v1";
const EXTERNAL = "external-secrets.io/v1";
const POSTGRESQL = "postgresql.cnpg.io/v1";
const BARMAN = "barmancloud.cnpg.io/v1";
const CLICKHOUSE = "clickhouse.altinity.com/v1";
const of = (apiVersion: string, plural: string, namespace = "data-staging") =>
  `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;

/** The garbage collector looks for new kinds twice a minute. */
const COLLECTED_MS = 45_000;

let vault: VaultOfTest;

beforeAll(async () => {
  await playground.start();
  for (const name of ["cert-manager", "data-staging"]) await playground.namespace(name);
  // Early, so that the garbage collector knows them by the time their objects go.
  await define(
    definition(POSTGRESQL, "Cluster", "clusters"),
    definition(POSTGRESQL, "Database", "databases"),
    definition(POSTGRESQL, "Pooler", "poolers"),
    definition(POSTGRESQL, "Backup", "backups"),
    definition(POSTGRESQL, "ScheduledBackup", "scheduledbackups"),
    definition(BARMAN, "ObjectStore", "objectstores"),
    definition(CLICKHOUSE, "ClickHouseInstallation", "clickhouseinstallations"),
  );
});
afterAll(async () => {
  await vault?.stop();
  await playground.stop();
});

/** The controllers run already when an operator's definitions come. */
async function define(...definitions: readonly object[]): Promise<void> {
  const collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  for (const one of definitions) {
    await objects().make(collection, one);
    const { metadata } = one as { metadata: { name: string } };
    await becomes(
      () => objects().condition(`${collection}/${metadata.name}`, "Established"),
      expect.stringMatching(/^True/),
    );
  }
}

describe("cert-manager", () => {
  test("issuers become ready: an ACME one at once, a CA when it has its secret, and that CA is made too", async () => {
    await define(
      definition(CERTIFICATES, "ClusterIssuer", "clusterissuers", "Cluster"),
      definition(CERTIFICATES, "Issuer", "issuers"),
      definition(CERTIFICATES, "Certificate", "certificates"),
    );
    const clusterIssuers = `/apis/${CERTIFICATES}/clusterissuers`;
    const acme = { server: "https://acme.example/directory", privateKeySecretRef: { name: "account" } };
    await objects().make(clusterIssuers, custom(CERTIFICATES, "ClusterIssuer", "letsencrypt", { acme }));
    const ca = { secretName: INTERNAL_ISSUER };
    await objects().make(clusterIssuers, custom(CERTIFICATES, "ClusterIssuer", INTERNAL_ISSUER, { ca }));
    await becomes(
      () => objects().condition(`${clusterIssuers}/${INTERNAL_ISSUER}`),
      expect.stringMatching(/^False ErrGetKeyPair: .*cert-manager\/internal-ca/),
    );
    await objects().make(clusterIssuers, custom(CERTIFICATES, "ClusterIssuer", "root", { selfSigned: {} }));
    await objects().make(
      of(CERTIFICATES, "certificates", "cert-manager"),
      custom(CERTIFICATES, "Certificate", INTERNAL_ISSUER, {
        isCA: true,
        commonName: INTERNAL_ISSUER,
        secretName: INTERNAL_ISSUER,
        duration: "87600h",
        renewBefore: "8760h",
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Never" },
        issuerRef: { kind: "ClusterIssuer", name: "root" },
      }),
    );
    for (const name of ["letsencrypt", "root", INTERNAL_ISSUER]) {
      await becomes(
        () => objects().condition(`/apis/${CERTIFICATES}/clusterissuers/${name}`),
        expect.stringMatching(/^True/),
      );
    }
    const pair = await objects().secret("cert-manager", INTERNAL_ISSUER);
    expect(new X509Certificate(pair?.["tls.crt"] ?? "").ca).toBe(true);
  });

  test("a certificate of the internal CA has its names, and its CA beside it", async () => {
    await objects().make(
      of(CERTIFICATES, "certificates"),
      custom(CERTIFICATES, "Certificate", "internal", {
        secretName: "internal-tls",
        commonName: "server",
        dnsNames: ["server.data-staging.svc"],
        ipAddresses: ["127.0.0.1"],
        usages: ["digital signature", "server auth"],
        duration: "2160h",
        renewBefore: "720h",
        issuerRef: { kind: "ClusterIssuer", name: INTERNAL_ISSUER },
      }),
    );
    const path = `${of(CERTIFICATES, "certificates")}/internal`;
    await becomes(() => objects().condition(path), "True Ready: Certificate is up to date and has not expired");
    const secret = await objects().secret("data-staging", "internal-tls");
    const ca = await objects().secret("cert-manager", INTERNAL_ISSUER);
    const certificate = new X509Certificate(secret?.["tls.crt"] ?? "");
    expect(secret?.["ca.crt"]).toBe(ca?.["tls.crt"]);
    expect(certificate.verify(new X509Certificate(secret?.["ca.crt"] ?? "").publicKey)).toBe(true);
    expect(certificate.checkHost("server.data-staging.svc")).toBe("server.data-staging.svc");
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    const { notAfter, renewalTime, revision } = (await objects().value(path, "status")) as Record<string, string>;
    expect(Date.parse(notAfter ?? "") - Date.parse(renewalTime ?? "")).toBe(720 * 3_600_000);
    expect(revision).toBe(1);
  });

  test("a certificate of an ACME issuer comes with its chain and without a CA, and another request makes another", async () => {
    const spec = { secretName: "host-tls", issuerRef: { kind: "ClusterIssuer", name: "letsencrypt" } };
    const path = `${of(CERTIFICATES, "certificates")}/host`;
    await objects().make(
      of(CERTIFICATES, "certificates"),
      custom(CERTIFICATES, "Certificate", "host", { ...spec, dnsNames: ["a.example.com"] }),
    );
    await becomes(() => objects().condition(path), expect.stringMatching(/^True/));
    const first = await objects().secret("data-staging", "host-tls");
    expect(Object.keys(first ?? {}).sort()).toEqual(["tls.crt", "tls.key"]);
    expect(first?.["tls.crt"]?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    await objects().change(path, { spec: { dnsNames: ["b.example.com"] } });
    await becomes(() => objects().value(path, "status.revision"), 2);
    const second = await objects().secret("data-staging", "host-tls");
    expect(new X509Certificate(second?.["tls.crt"] ?? "").subjectAltName).toBe("DNS:b.example.com");
  });

  test("a certificate whose issuer is not there says so", async () => {
    const spec = { secretName: "none", dnsNames: ["c.example.com"], issuerRef: { name: "nobody" } };
    await objects().make(of(CERTIFICATES, "certificates"), custom(CERTIFICATES, "Certificate", "none", spec));
    const path = `${of(CERTIFICATES, "certificates")}/none`;
    await becomes(() => objects().condition(path), expect.stringContaining("Issuer nobody is not there"));
    expect(playground.failures).toEqual(["Certificate data-staging/none: Issuer nobody is not there"]);
    await objects().remove(path);
    await becomes(async () => playground.failures, []);
  });
});

describe("External Secrets", () => {
  const PASSWORD = "p@ss w/rd-of-the-test";
  const secrets = of(EXTERNAL, "externalsecrets");
  const store = (role: string) => ({
    provider: {
      vault: {
        server: "https://vault.vault.svc.cluster.local:8200",
        path: "secret",
        version: "v2",
        caProvider: { type: "Secret", name: "internal-tls", key: "ca.crt" },
        auth: {
          kubernetes: {
            mountPath: "kubernetes-playground",
            role,
            serviceAccountRef: {
              name: "secret-reader",
              audiences: ["vault", "https://kubernetes.default.svc.cluster.local"],
            },
          },
        },
      },
    },
  });
  const external = (name: string, storeName: string, template?: object) =>
    custom(EXTERNAL, "ExternalSecret", name, {
      refreshInterval: "5m",
      secretStoreRef: { kind: "SecretStore", name: storeName },
      target: {
        name,
        creationPolicy: "Owner",
        template: {
          type: "kubernetes.io/basic-auth",
          metadata: { labels: { "cnpg.io/reload": "true" } },
          data: template,
        },
      },
      dataFrom: [{ extract: { key: "staging/openpanel" } }],
    });

  test("as long as there is no Vault, stores and secrets say so", async () => {
    await define(
      definition(EXTERNAL, "SecretStore", "secretstores"),
      definition(EXTERNAL, "ExternalSecret", "externalsecrets"),
      definition("generators.external-secrets.io/v1alpha1", "Password", "passwords"),
    );
    await objects().make(`${core}/serviceaccounts`, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "secret-reader" },
    });
    await objects().make("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "token-review" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [{ kind: "ServiceAccount", name: "secret-reader", namespace: "data-staging" }],
    });
    await objects().make(of(EXTERNAL, "secretstores"), custom(EXTERNAL, "SecretStore", "vault", store("reader")));
    await objects().make(of(EXTERNAL, "secretstores"), custom(EXTERNAL, "SecretStore", "wrong", store("nobody")));
    const template = {
      username: "{{ .postgres_user }}",
      password: "{{ .postgres_password }}",
      URL: "postgresql://{{ .postgres_user | urlquery }}:{{ .postgres_password | urlquery }}@db",
      hash: "{{ .postgres_password | sha256sum }}",
    };
    await objects().make(secrets, external("database", "vault", template));
    const missing = "Vault is not there yet";
    await becomes(() => objects().condition(`${secrets}/database`), `False SecretSyncedError: ${missing}`);
    await becomes(
      () => objects().condition(`${of(EXTERNAL, "secretstores")}/vault`),
      `False InvalidProviderConfig: unable to validate store: ${missing}`,
    );
  });

  test("a password that is to be made up needs no Vault, and stays", async () => {
    for (const manifest of credentials("data-staging")) {
      const { apiVersion, kind } = manifest;
      await objects().make(of(apiVersion, kind === "Password" ? "passwords" : "externalsecrets"), manifest);
    }
    await becomes(() => objects().condition(`${secrets}/clickhouse-operator`), expect.stringMatching(/^True/));
    const made = await objects().secret("data-staging", "clickhouse-operator");
    expect(made).toEqual({ username: "clickhouse_operator", password: expect.stringMatching(/^[A-Za-z0-9]{40}$/) });
    await objects().change(`${secrets}/clickhouse-operator`, { metadata: { labels: { touched: "yes" } } });
    await becomes(() => objects().value(`${secrets}/clickhouse-operator`, "metadata.labels.touched"), "yes");
    expect(await objects().secret("data-staging", "clickhouse-operator")).toEqual(made);
  });

  test("when Vault appears, the secret is delivered: logged in with its service account, rendered, owned", async () => {
    const program = tools.get("vault") ?? "";
    vault = await VaultOfTest.start({ folder: playground.folder, servers: playground.servers, program });
    await vault.admit("playground", playground.cluster.connection);
    await vault.letRead("playground", "reader", "data-staging", "staging/openpanel");
    await vault.write("staging/openpanel", { postgres_user: "openpanel", postgres_password: PASSWORD });
    playground.vault = vault.access;
    await becomes(() => objects().condition(`${secrets}/database`), "True SecretSynced: secret synced", 5000);
    await becomes(() => objects().condition(`${of(EXTERNAL, "secretstores")}/vault`), "True Valid: store validated");
    expect(await objects().secret("data-staging", "database")).toEqual({
      username: "openpanel",
      password: PASSWORD,
      URL: "postgresql://openpanel:p%40ss+w%2Frd-of-the-test@db",
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await objects().find(`${core}/secrets/database`)).toMatchObject({
      type: "kubernetes.io/basic-auth",
      metadata: {
        labels: { "cnpg.io/reload": "true" },
        ownerReferences: [{ kind: "ExternalSecret", name: "database" }],
      },
    });
  });

  test("a role that does not exist is denied: the status says so and there is no secret", async () => {
    await objects().make(secrets, external("denied", "wrong"));
    const denied = expect.stringMatching(
      /^False SecretSyncedError: login at auth\/kubernetes-playground with role nobody: .*\(40[03]\)$/,
    );
    await becomes(() => objects().condition(`${secrets}/denied`), denied);
    expect(await objects().secret("data-staging", "denied")).toBeUndefined();
    await objects().remove(`${secrets}/denied`);
    await objects().remove(`${of(EXTERNAL, "secretstores")}/wrong`);
  });

  test("a path of somebody else is denied", async () => {
    await vault.write("prod/openpanel", { postgres_user: "other" });
    const spec = { secretStoreRef: { name: "vault" }, dataFrom: [{ extract: { key: "prod/openpanel" } }] };
    await objects().make(secrets, custom(EXTERNAL, "ExternalSecret", "foreign", spec));
    const denied = "False SecretSyncedError: reading secret/data/prod/openpanel: permission denied (403)";
    await becomes(() => objects().condition(`${secrets}/foreign`), denied);
    await objects().remove(`${secrets}/foreign`);
  });

  test("a change in Vault arrives by itself, and no token is left behind", async () => {
    await vault.write("staging/openpanel", { postgres_user: "openpanel", postgres_password: "rotated" });
    await becomes(async () => (await objects().secret("data-staging", "database"))?.password, "rotated", 13_000);
    await becomes(() => vault.tokens(), 0);
  });

  test("no value and no token is in what is said, told or written to a status", async () => {
    const told = JSON.stringify([playground.said, playground.failures, await objects().find(secrets)]);
    for (const value of [PASSWORD, "rotated", "hvs."]) expect(told).not.toContain(value);
  });
});

describe("CloudNativePG", () => {
  const clusters = of(POSTGRESQL, "clusters");
  const claims = `${core}/persistentvolumeclaims`;

  test("a cluster waits for its secret, and is healthy when its instances are up", async () => {
    const login = { name: "openpanel", ensure: "present", login: true, passwordSecret: { name: "owner" } };
    await objects().make(
      clusters,
      custom(POSTGRESQL, "Cluster", "postgresql", {
        instances: 2,
        imageName: "ghcr.io/cloudnative-pg/postgresql:17",
        storage: { size: "10Gi", storageClass: "vultr-block-storage" },
        resources: { requests: { cpu: "100m", memory: "256Mi" } },
        bootstrap: { initdb: { database: "openpanel", owner: "openpanel", secret: { name: "owner" } } },
        managed: {
          roles: [login],
          services: { additional: [{ selectorType: "rw", serviceTemplate: { metadata: { name: "op-db" } } }] },
        },
      }),
    );
    await objects().make(
      of(POSTGRESQL, "databases"),
      custom(POSTGRESQL, "Database", "postgresql-openpanel", {
        name: "openpanel",
        owner: "openpanel",
        cluster: { name: "postgresql" },
      }),
    );
    await becomes(() => objects().value(`${clusters}/postgresql`, "status.phaseReason"), 'secret "owner" not found');
    expect(await objects().value(`${of(POSTGRESQL, "databases")}/postgresql-openpanel`, "status.applied")).toBe(false);
    await objects().make(`${core}/secrets`, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "owner" },
      type: "kubernetes.io/basic-auth",
      data: { username: "b3BlbnBhbmVs", password: "cGFzcw==" },
    });
    await becomes(() => objects().value(`${clusters}/postgresql`, "status.phase"), "Cluster in healthy state");
    expect(await objects().value(`${clusters}/postgresql`, "status")).toMatchObject({
      readyInstances: 2,
      currentPrimary: "postgresql-1",
    });
    await becomes(() => objects().value(`${of(POSTGRESQL, "databases")}/postgresql-openpanel`, "status.applied"), true);
  });

  test("its Services, its secrets and its volumes are there", async () => {
    const services = await objects().names(`${core}/services`);
    expect(services).toEqual(["op-db", "postgresql-r", "postgresql-ro", "postgresql-rw"]);
    const made = (await objects().names(`${core}/secrets`)).filter((name) => name.startsWith("postgresql-"));
    expect(made).toEqual(["postgresql-ca", "postgresql-replication", "postgresql-server"]);
    const server = new X509Certificate(
      (await objects().secret("data-staging", "postgresql-server"))?.["tls.crt"] ?? "",
    );
    expect(server.checkHost("op-db.data-staging.svc.cluster.local")).toBeDefined();
    for (const name of ["postgresql-1", "postgresql-2"]) {
      expect(await objects().find(`${claims}/${name}`)).toMatchObject({
        spec: { storageClassName: "vultr-block-storage" },
        status: { phase: "Bound", capacity: { storage: "10Gi" } },
      });
    }
  });

  test("another image is rolled out, one instance after the other", async () => {
    const imageName = "ghcr.io/cloudnative-pg/postgresql:18";
    await objects().change(`${clusters}/postgresql`, { spec: { imageName } });
    for (const name of ["postgresql-1", "postgresql-2"]) {
      await becomes(() => objects().value(`${core}/pods/${name}`, "spec.containers.0.image"), imageName);
    }
    await becomes(() => objects().value(`${clusters}/postgresql`, "status.phase"), "Cluster in healthy state");
  });

  test("a pooler and a schedule are looked after", async () => {
    const cluster = { name: "postgresql" };
    await objects().make(
      of(POSTGRESQL, "poolers"),
      custom(POSTGRESQL, "Pooler", "pooler", { cluster, instances: 1, type: "rw", pgbouncer: { poolMode: "session" } }),
    );
    await objects().make(
      of(POSTGRESQL, "scheduledbackups"),
      custom(POSTGRESQL, "ScheduledBackup", "nightly", { cluster, schedule: "0 0 3 * * *" }),
    );
    await becomes(() => objects().value(`${of(POSTGRESQL, "poolers")}/pooler`, "status.instances"), 1);
    await becomes(
      () => objects().value(`${of(POSTGRESQL, "scheduledbackups")}/nightly`, "status.lastCheckTime"),
      expect.any(String),
    );
    await objects().remove(`${of(POSTGRESQL, "poolers")}/pooler`);
  });

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
    await objects().make(
      of(BARMAN, "objectstores"),
      custom(BARMAN, "ObjectStore", "postgresql", {
        configuration: { destinationPath: "s3://bucket/postgresql", s3Credentials: keys },
      }),
    );
    await objects().make(
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
    const phase = () => objects().value(`${clusters}/postgresql-2`, "status.phaseReason");
    await becomes(phase, "no target backup found for postgresql");
    await objects().change(`${clusters}/postgresql`, { spec: { plugins: archiving("postgresql") } });
    const backup = { method: "plugin", pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" } };
    const schedule = { cluster: { name: "postgresql" }, schedule: "0 0 3 * * *", immediate: true, ...backup };
    await objects().make(
      of(POSTGRESQL, "scheduledbackups"),
      custom(POSTGRESQL, "ScheduledBackup", "at-once", { ...schedule, backupOwnerReference: "cluster" }),
    );
    const healthy = "Cluster in healthy state";
    await becomes(() => objects().value(`${clusters}/postgresql-2`, "status.phase"), healthy);
    expect(await objects().value(`${core}/pods/postgresql-2-1`, "spec.initContainers.0.name")).toBe(
      "plugin-barman-cloud",
    );
    const owner = () => objects().value(`${core}/services/op-db`, "metadata.ownerReferences.0.name");
    expect(await owner()).toBe("postgresql");
    await objects().change(`${clusters}/postgresql`, { spec: { managed: { services: null } } });
    await becomes(owner, "postgresql-2");
    for (const name of ["at-once", "nightly"]) await objects().remove(`${of(POSTGRESQL, "scheduledbackups")}/${name}`);
    await objects().remove(`${clusters}/postgresql-2`);
  });

  test("nothing of it is left when the cluster is deleted", async () => {
    await objects().remove(`${of(POSTGRESQL, "databases")}/postgresql-openpanel`);
    await objects().remove(`${clusters}/postgresql`);
    for (const collection of ["services", "persistentvolumeclaims", "pods"]) {
      await becomes(() => objects().names(`${core}/${collection}`), [], COLLECTED_MS);
    }
    await becomes(() => objects().names("/api/v1/persistentvolumes"), []);
    await becomes(
      async () => (await objects().names(`${core}/secrets`)).filter((name) => name.startsWith("postgresql-")),
      [],
    );
  });
});

describe("ClickHouse", () => {
  const installations = of(CLICKHOUSE, "clickhouseinstallations");
  const users = { "openpanel/password_sha256_hex": { valueFrom: { secretKeyRef: { name: "users", key: "hash" } } } };

  test("an installation is completed when its server is up, which waits for the users' secret", async () => {
    await objects().make(
      installations,
      custom(CLICKHOUSE, "ClickHouseInstallation", "clickhouse", {
        defaults: { templates: { dataVolumeClaimTemplate: "data", serviceTemplate: "service" } },
        configuration: { users, clusters: [{ name: "main", layout: { shardsCount: 1, replicasCount: 1 } }] },
        templates: {
          volumeClaimTemplates: [
            {
              name: "data",
              reclaimPolicy: "Delete",
              spec: {
                accessModes: ["ReadWriteOnce"],
                storageClassName: "vultr-block-storage",
                resources: { requests: { storage: "30Gi" } },
              },
            },
          ],
          serviceTemplates: [
            { name: "service", generateName: "op-ch", spec: { ports: [{ name: "http", port: 8123 }] } },
          ],
        },
      }),
    );
    await becomes(
      async () => playground.failures,
      ['pod data-staging/chi-clickhouse-main-0-0-0: waits, secret "users" not found'],
    );
    expect(await objects().value(`${installations}/clickhouse`, "status.status")).toBe("InProgress");
    const data = { hash: "YWJj" };
    await objects().make(`${core}/secrets`, { apiVersion: "v1", kind: "Secret", metadata: { name: "users" }, data });
    await becomes(() => objects().value(`${installations}/clickhouse`, "status.status"), "Completed");
    expect(await objects().names(`${core}/services`)).toEqual(["chi-clickhouse-main-0-0", "op-ch"]);
    const claim = `${core}/persistentvolumeclaims/data-chi-clickhouse-main-0-0-0`;
    await becomes(() => objects().value(claim, "status.phase"), "Bound");
  });

  test("nothing of it is left when it is deleted, its volume neither", async () => {
    await objects().remove(`${installations}/clickhouse`);
    for (const collection of ["services", "persistentvolumeclaims", "pods"]) {
      await becomes(() => objects().names(`${core}/${collection}`), [], COLLECTED_MS);
    }
    await becomes(() => objects().names("/api/v1/persistentvolumes"), []);
  });
});

test("at the end nothing is said to be wrong, and the namespace can go", async () => {
  await becomes(async () => playground.failures, []);
  await objects().remove("/api/v1/namespaces/data-staging");
  await becomes(() => objects().find("/api/v1/namespaces/data-staging"), undefined, 30_000);
  await becomes(async () => playground.failures, []);
});
