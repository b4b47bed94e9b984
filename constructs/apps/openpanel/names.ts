import { serviceHost, vaultNames } from "../../core/names";
import type { AppPlacement, StoreClaims } from "../app";
import type { WorkloadName } from "./settings";

/** Name of the application, of its releases and in its paths. */
export const APP = "openpanel";

/** Port of all three workloads. */
export const PORT = 3000;

/**
 * Name of the database in both stores. In ClickHouse it can't be chosen: OpenPanel's migrations create `openpanel` and
 * look for its tables there, whatever the URL says (packages/db/code-migrations/3-init-ch.ts).
 */
export const DATABASE = "openpanel";

/** Users in the stores: in ClickHouse only the migrator may change the schema. */
export const USERS = { owner: "openpanel", runtime: "openpanel", migrator: "openpanel_migrator" } as const;

/** Kubernetes secrets of the application's namespace. */
export const SECRETS = { stores: "openpanel-stores", runtime: "openpanel-runtime", migration: "openpanel-migration" };

/** The names that OpenPanel's own deployments use. */
export function workload(name: WorkloadName): string {
  return `op-${name}`;
}

const NAME = "app.kubernetes.io/name";

/** Label of the pods that Traefik reaches: api and dashboard. */
export const WEB_LABEL = { "app.kubernetes.io/component": "web" };

/** Pods by their labels, for the rules of their traffic. */
export const PODS = {
  api: { [NAME]: workload("api") },
  dashboard: { [NAME]: workload("dashboard") },
  worker: { [NAME]: workload("worker") },
  migration: { [NAME]: "op-migrate" },
  web: WEB_LABEL,
} as const;

/** Vault paths: KV policies can't cut keys, so what only the application reads has a path of its own. */
export function paths(environment: string) {
  return {
    stores: vaultNames.environment(environment, APP),
    runtime: vaultNames.environment(environment, `${APP}-runtime`),
  };
}

/** What OpenPanel needs in the environment's stores. */
export function claims({ environment }: AppPlacement): StoreClaims {
  const { stores } = paths(environment);
  return {
    postgresql: [{ name: DATABASE, owner: USERS.owner, passwordSecret: { name: `postgresql-${APP}`, path: stores } }],
    clickhouse: [
      {
        name: DATABASE,
        runtimeUser: USERS.runtime,
        migratorUser: USERS.migrator,
        secret: { name: `clickhouse-${APP}`, path: stores },
      },
    ],
    redis: { name: USERS.owner, secret: { name: `redis-${APP}`, path: stores } },
  };
}

/** Where a visitor, a browser and a pod reach OpenPanel. */
export function urls({ host, namespace }: AppPlacement) {
  return {
    dashboard: `https://${host}`,
    api: `https://${host}/api`,
    /** Inside the cluster, past the gate and without the prefix that the edge takes off. */
    apiInside: `http://${serviceHost(workload("api"), namespace)}:${PORT}`,
  };
}
