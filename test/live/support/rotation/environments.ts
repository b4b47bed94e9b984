import { urlPart } from "../../../../constructs/core/secret-template";
import { custom, definition, deployment, podSpec } from "../controllers/manifests";
import { at, becomes } from "../controllers/objects";
import type { Playground } from "../controllers/playground";
import type { VaultOfTest } from "../controllers/vault";

const EXTERNAL = "external-secrets.io/v1";
const POSTGRESQL = "postgresql.cnpg.io/v1";
const CLICKHOUSE = "clickhouse.altinity.com/v1";
const CLUSTER = "playground";

/** What can be seen of an environment without its values. */
export interface Seen {
  /** Version of its path in Vault. */
  readonly version: unknown;
  /** Resource version of each Kubernetes secret, by namespace and name. */
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Ids of the pods of each workload, by namespace and name. */
  readonly pods: Readonly<Record<string, readonly string[]>>;
}

/** Environments as the program lays them out, with nothing in them but what a rotation is concerned with. */
export class Environments {
  constructor(
    private readonly playground: Playground,
    private readonly vault: VaultOfTest,
  ) {}

  async define(): Promise<void> {
    const collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    for (const [apiVersion, kind, plural] of [
      [EXTERNAL, "SecretStore", "secretstores"],
      [EXTERNAL, "ExternalSecret", "externalsecrets"],
      [POSTGRESQL, "Cluster", "clusters"],
      [CLICKHOUSE, "ClickHouseInstallation", "clickhouseinstallations"],
    ] as const) {
      await this.objects.make(collection, definition(apiVersion, kind, plural));
      const path = `${collection}/${plural}.${apiVersion.slice(0, apiVersion.indexOf("/"))}`;
      await becomes(() => this.objects.condition(path, "Established"), expect.stringMatching(/^True/));
    }
  }

  async deploy(environment: string): Promise<void> {
    const [data, app] = [`data-${environment}`, `openpanel-${environment}`];
    await this.vault.write(`${environment}/openpanel`, {
      postgres_user: "openpanel",
      postgres_password: "first-of-postgresql",
      clickhouse_password: "first-of-clickhouse",
      redis_password: "first-of-redis",
    });
    for (const namespace of [data, app]) await this.reader(namespace, environment);
    const login = `${urlPart("postgres_user")}:${urlPart("postgres_password")}`;
    await this.external(data, environment, "postgresql-openpanel", {
      type: "kubernetes.io/basic-auth",
      metadata: { labels: { "cnpg.io/reload": "true" } },
      data: { username: "{{ .postgres_user }}", password: "{{ .postgres_password }}" },
    });
    await this.external(data, environment, "clickhouse-openpanel", {
      data: { hash: "{{ .clickhouse_password | sha256sum }}" },
    });
    await this.external(data, environment, "redis-openpanel", { data: { openpanel: "{{ .redis_password }}" } });
    await this.external(app, environment, "openpanel-stores", {
      data: {
        DATABASE_URL: `postgresql://${login}@postgresql.${data}:5432/openpanel`,
        CLICKHOUSE_URL: `http://openpanel:${urlPart("clickhouse_password")}@clickhouse.${data}:8123/openpanel`,
        REDIS_URL: `redis://openpanel:${urlPart("redis_password")}@redis.${data}:6379`,
      },
    });
    await this.objects.make(`/apis/${POSTGRESQL}/namespaces/${data}/clusters`, postgresql());
    await this.objects.make(`/apis/${CLICKHOUSE}/namespaces/${data}/clickhouseinstallations`, clickhouse());
    await this.objects.make(`/apis/apps/v1/namespaces/${data}/deployments`, redis());
    const env = ["DATABASE_URL", "CLICKHOUSE_URL", "REDIS_URL"].map((key) => fromSecret(key, "openpanel-stores"));
    await this.objects.make(`/apis/apps/v1/namespaces/${app}/deployments`, deployment("op-api", podSpec({ env })));
  }

  /** Path of an environment's PostgreSQL cluster. */
  server(environment: string): string {
    return `/apis/${POSTGRESQL}/namespaces/data-${environment}/clusters/postgresql`;
  }

  /** Waits until all of it is up, and its roles have their passwords. */
  async settled(environment: string): Promise<void> {
    await becomes(() => this.notReady(environment), [], 60_000);
    const field = "status.managedRolesStatus.passwordStatus.openpanel.resourceVersion";
    await becomes(() => this.objects.value(this.server(environment), field), expect.stringMatching(/^\d+$/));
  }

  async look(environment: string): Promise<Seen> {
    const secrets: Record<string, unknown> = {};
    const pods: Record<string, string[]> = {};
    for (const namespace of [`data-${environment}`, `openpanel-${environment}`]) {
      for (const secret of await this.list(namespace, "v1", "secrets")) {
        secrets[`${namespace}/${String(at(secret, "metadata.name"))}`] = at(secret, "metadata.resourceVersion");
      }
      for (const pod of await this.list(namespace, "v1", "pods")) {
        if (at(pod, "metadata.deletionTimestamp") !== undefined) continue;
        const name = String(at(pod, "metadata.name"));
        const owner = name.replace(/^(op-api|redis)-.*$/, "$1").replace(/^(chi-.*)-\d+$/, "$1");
        pods[`${namespace}/${owner}`] = [...(pods[`${namespace}/${owner}`] ?? []), String(at(pod, "metadata.uid"))];
      }
    }
    for (const uids of Object.values(pods)) uids.sort();
    return { version: await this.vault.version(`${environment}/openpanel`), secrets, pods };
  }

  /** Workloads that have not the pods that they want. */
  async notReady(environment: string): Promise<readonly string[]> {
    const open: string[] = [];
    for (const namespace of [`data-${environment}`, `openpanel-${environment}`]) {
      const found = [
        ...(await this.list(namespace, "apps/v1", "deployments")),
        ...(await this.list(namespace, "apps/v1", "statefulsets")),
      ];
      if (namespace.startsWith("data") && found.length < 2) open.push(`${namespace}/clickhouse`);
      for (const each of found) {
        const ready = at(each, "status.readyReplicas") === at(each, "spec.replicas");
        const seen = at(each, "status.observedGeneration") === at(each, "metadata.generation");
        if (!ready || !seen) open.push(`${namespace}/${String(at(each, "metadata.name"))}`);
      }
    }
    return open;
  }

  private get objects() {
    return this.playground.objects;
  }

  private async list(namespace: string, group: string, plural: string): Promise<readonly unknown[]> {
    const root = group.includes("/") ? "apis" : "api";
    const items = at(await this.objects.find(`/${root}/${group}/namespaces/${namespace}/${plural}`), "items");
    return Array.isArray(items) ? items : [];
  }

  /** A namespace with the account that reads Vault, and the store that logs in as it. */
  private async reader(namespace: string, environment: string): Promise<void> {
    await this.playground.namespace(namespace);
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "secret-reader" } };
    await this.objects.make(`/api/v1/namespaces/${namespace}/serviceaccounts`, account);
    await this.objects.make("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: `${namespace}-token-review` },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [{ kind: "ServiceAccount", name: "secret-reader", namespace }],
    });
    await this.vault.letRead(CLUSTER, namespace, namespace, `${environment}/openpanel`);
    const kubernetes = {
      mountPath: `kubernetes-${CLUSTER}`,
      role: namespace,
      serviceAccountRef: {
        name: "secret-reader",
        audiences: ["vault", "https://kubernetes.default.svc.cluster.local"],
      },
    };
    const { address: server } = this.vault.access;
    const provider = { vault: { server, path: "secret", version: "v2", auth: { kubernetes } } };
    await this.objects.make(
      `/apis/${EXTERNAL}/namespaces/${namespace}/secretstores`,
      custom(EXTERNAL, "SecretStore", "vault", { provider }),
    );
  }

  private external(namespace: string, environment: string, name: string, template: object): Promise<void> {
    return this.objects.make(
      `/apis/${EXTERNAL}/namespaces/${namespace}/externalsecrets`,
      custom(EXTERNAL, "ExternalSecret", name, {
        refreshInterval: "5m",
        secretStoreRef: { kind: "SecretStore", name: "vault" },
        target: { name, creationPolicy: "Owner", template: { engineVersion: "v2", ...template } },
        dataFrom: [{ extract: { key: `${environment}/openpanel` } }],
      }),
    );
  }
}

function postgresql(): object {
  const passwordSecret = { name: "postgresql-openpanel" };
  return custom(POSTGRESQL, "Cluster", "postgresql", {
    instances: 1,
    imageName: "ghcr.io/cloudnative-pg/postgresql:17",
    storage: { size: "10Gi", storageClass: "vultr-block-storage" },
    bootstrap: { initdb: { database: "openpanel", owner: "openpanel", secret: passwordSecret } },
    managed: { roles: [{ name: "openpanel", ensure: "present", login: true, passwordSecret }] },
  });
}

function clickhouse(): object {
  const secretKeyRef = { name: "clickhouse-openpanel", key: "hash" };
  return custom(CLICKHOUSE, "ClickHouseInstallation", "clickhouse", {
    configuration: {
      clusters: [{ name: "main", layout: { shardsCount: 1, replicasCount: 1 } }],
      users: { "openpanel/password_sha256_hex": { valueFrom: { secretKeyRef } } },
    },
  });
}

/** As the chart does it: an init container reads the passwords from a volume. */
function redis(): object {
  const volumes = [{ name: "users", secret: { secretName: "redis-openpanel" } }];
  const made = deployment("redis", podSpec({}, { volumes }));
  return { ...made, spec: { ...Object(at(made, "spec")), replicas: 1, strategy: { type: "Recreate" } } };
}

function fromSecret(key: string, name: string): object {
  return { name: key, valueFrom: { secretKeyRef: { name, key } } };
}
