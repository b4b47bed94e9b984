import { type RolloutOptions, type RolloutReach, secretsRollout } from "../../../../../cli/secrets/rollout";
import type { TestSecret } from "../../../support/program";
import { generated, writeProgram } from "../../../support/program";
import { fakeSession } from "../../../support/session";
import { FakeKubernetes } from "./fake-kubernetes";

export const PATH = "staging/openpanel";
const READER = { cluster: "platform", serviceAccount: "secret-reader" };

export const OPENPANEL: TestSecret = {
  path: PATH,
  readers: [
    { ...READER, namespace: "openpanel-staging" },
    { ...READER, namespace: "data-staging" },
  ],
  keys: { postgres_password: generated, clickhouse_password: generated, redis_password: generated },
};

const CONTRACT = ["host", "cluster_ca_certificate", "client_certificate", "client_key"];

/** What the outputs of cluster stacks say. @param clusters undefined for one that was never deployed */
export function reachOf(clusters: Readonly<Record<string, FakeKubernetes | undefined>>): Partial<RolloutReach> {
  const [first] = Object.values(clusters);
  return {
    outputs: async (stack) => {
      const name = stack.replace("l1-cluster-", "");
      return new Map(clusters[name] === undefined ? [] : CONTRACT.map((output) => [output, name]));
    },
    transport: ({ host }) => {
      const cluster = clusters[host.replace("https://", "")];
      if (cluster === undefined) throw new Error(`nobody should ask ${host}`);
      return cluster.transport;
    },
    ...(first && { clock: first.clock }),
  };
}

/** A cluster with environments, two hours after everything was deployed. */
export function deployed(
  passwords: Readonly<Record<string, string>> = {
    postgres_password: "p1",
    clickhouse_password: "c1",
    redis_password: "r1",
  },
  environments = ["staging", "prod"],
): FakeKubernetes {
  const vault = new Map(environments.map((name) => [`${name}/openpanel`, passwords]));
  const cluster = new FakeKubernetes(vault);
  for (const environment of environments) environmentOf(cluster, environment);
  for (let second = 0; second < 10; second++) cluster.pass(1000);
  cluster.pass(2 * 3_600_000);
  return cluster;
}

function environmentOf(cluster: FakeKubernetes, environment: string): void {
  const [data, app] = [`data-${environment}`, `openpanel-${environment}`];
  const path = `${environment}/openpanel`;
  external(cluster, data, "postgresql-openpanel", path, "{{ .postgres_password }}");
  external(cluster, data, "clickhouse-openpanel", path, "{{ .clickhouse_password }}");
  external(cluster, data, "redis-openpanel", path, "{{ .redis_password }}");
  external(cluster, app, "openpanel-stores", path, "{{ .postgres_password }} {{ .clickhouse_password }}");
  external(cluster, app, "openpanel-redis", path, "{{ .redis_password }}");
  external(cluster, app, "openpanel-runtime", `${environment}/openpanel-runtime`, "{{ .cookie_secret }}");
  cluster.pass(60_000);
  cluster.put("postgresql", data, "postgresql", {
    spec: { managed: { roles: [{ name: "openpanel", passwordSecret: { name: "postgresql-openpanel" } }] } },
  });
  const installation = { kind: "ClickHouseInstallation", name: "clickhouse", uid: "chi-1", controller: true };
  for (const host of ["chi-0", "chi-1"]) {
    cluster.put("statefulSet", data, host, {
      metadata: { ownerReferences: [installation] },
      spec: workload(host, 1, { env: [fromSecret("clickhouse-openpanel")] }),
    });
  }
  cluster.put("deployment", data, "redis", {
    spec: workload("redis", 1, {}, [{ name: "users", secret: { secretName: "redis-openpanel" } }]),
  });
  cluster.put("deployment", app, "op-api", { spec: workload("op-api", 2, { env: [fromSecret("openpanel-stores")] }) });
  cluster.put("deployment", app, "op-worker", {
    spec: workload("op-worker", 1, { envFrom: [{ secretRef: { name: "openpanel-stores" } }] }, [
      { name: "all", projected: { sources: [{ secret: { name: "openpanel-redis" } }] } },
    ]),
  });
  cluster.put("deployment", app, "op-dashboard", { spec: workload("op-dashboard", 1, {}) });
}

function external(cluster: FakeKubernetes, namespace: string, name: string, path: string, text: string): void {
  cluster.put("externalSecret", namespace, name, {
    spec: { target: { name, template: { data: { VALUE: text } } }, dataFrom: [{ extract: { key: path } }] },
  });
}

function workload(app: string, replicas: number, container: object, volumes: readonly object[] = []) {
  const template = { metadata: { labels: { app } }, spec: { containers: [{ name: "main", ...container }], volumes } };
  return { replicas, selector: { matchLabels: { app } }, template };
}

function fromSecret(name: string) {
  return { name: "VALUE", valueFrom: { secretKeyRef: { name, key: "VALUE" } } };
}

/** Runs `strata secrets rollout` of the path. */
export async function rollout(
  reach: Partial<RolloutReach>,
  options: Partial<RolloutOptions> = {},
  secrets: readonly TestSecret[] = [OPENPANEL],
) {
  const { session, lines } = fakeSession({});
  const code = await secretsRollout(session, PATH, { dir: writeProgram({ secrets }), timeout: 60, ...options }, reach);
  return { code, out: lines.out.join("\n"), err: lines.err.join("\n") };
}
