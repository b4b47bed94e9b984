import type { Synthesized } from "../../../helpers/examples";
import type { Release } from "../../../helpers/releases";
import { appPods, POSTGRESQL, storePods } from "./pods";
import type { End } from "./policies";

/** Cluster, from, to and port of what the platform is made of; `internet` and `api-server` stand outside. */
export function flows({ context }: Synthesized, releases: readonly Release[]): (readonly [string, End, End, number])[] {
  const clusters = [...new Set(releases.map(({ cluster }) => cluster))];
  const { central, environments } = context.platform;
  return [
    ...clusters.flatMap((cluster) => [
      // The API server calls webhooks; load balancers call Traefik.
      [cluster, "internet", "cert-manager", 10250] as const,
      [cluster, "internet", "external-secrets", 10250] as const,
      [cluster, "internet", "cnpg-system", 9443] as const,
      [cluster, "internet", "traefik", 8443] as const,
      [cluster, "internet", "traefik", 9443] as const,
      ...["cert-manager", "external-secrets", "cnpg-system", "clickhouse-operator", "traefik"].map(
        (namespace) => [cluster, namespace, "api-server", 443] as const,
      ),
      [cluster, "cert-manager", "internet", 443] as const,
      // The gate asks the identity provider under its public host.
      [cluster, "gate-main", "internet", 443] as const,
      [cluster, "gate-main", "gate-main", 6379] as const,
      [cluster, "traefik", "gate-main", 4180] as const,
      cluster === central
        ? ([cluster, "external-secrets", "vault", 8200] as const)
        : ([cluster, "external-secrets", "internet", 443] as const),
    ]),
    // Every cluster's tokens are reviewed by its own API server, asked by the central Vault.
    [central, "vault", "api-server", 443],
    [central, "vault", "api-server", 6443],
    [central, "vault", "vault", 8201],
    [central, "casdoor", { namespace: "casdoor", labels: POSTGRESQL }, 5432],
    [central, "casdoor", "casdoor", 6379],
    [central, { namespace: "casdoor", labels: POSTGRESQL }, "api-server", 443],
    [central, "cnpg-system", { namespace: "casdoor", labels: POSTGRESQL }, 8000],
    ...environments.flatMap(({ name, cluster }) => {
      const [api, worker, dashboard, migration] = appPods(releases, cluster, name);
      // The readiness Jobs, among others.
      const own = `data-${name}`;
      const { postgresql, clickhouse, clickhouseBackup, redis } = storePods(releases, cluster, own);
      const backups = environmentBackups(context.platform, name);
      return [
        ...[api, worker, migration, own].flatMap((from) => [
          [cluster, from, postgresql, 5432] as const,
          [cluster, from, clickhouse, 8123] as const,
          [cluster, from, redis, 6379] as const,
        ]),
        [cluster, dashboard, api, 3000] as const,
        [cluster, "traefik", api, 3000] as const,
        [cluster, "traefik", dashboard, 3000] as const,
        [cluster, postgresql, "api-server", 443] as const,
        [cluster, "cnpg-system", postgresql, 8000] as const,
        [cluster, "cnpg-system", postgresql, 5432] as const,
        [cluster, "clickhouse-operator", clickhouse, 8123] as const,
        ...(backups ? [postgresql, clickhouse, clickhouseBackup] : []).map(
          (pod) => [cluster, pod, "internet", 443] as const,
        ),
      ];
    }),
  ];
}

/** Whether an environment's stores are backed up. */
function environmentBackups({ backups, environments }: Synthesized["context"]["platform"], name: string): boolean {
  const environment = environments.find((each) => each.name === name);
  return backups !== undefined && environment !== undefined && environment.backups !== false;
}
