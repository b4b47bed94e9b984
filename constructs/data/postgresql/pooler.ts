import { Pooler } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Pooler";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { Service } from "kubernetes-models/v1/Service";
import { serviceHost } from "../../core/names";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import type { PostgresqlGeneration } from "./generation";
import type { PostgresqlClusterProps } from "./index";
import { POSTGRESQL_PORT } from "./traffic";

const DEFAULTS = {
  // renovate: datasource=docker depName=ghcr.io/cloudnative-pg/pgbouncer
  image: "ghcr.io/cloudnative-pg/pgbouncer:1.25.1",
} as const;

/** Connections of all poolers to the server: below its limit of 100, so that direct ones find room. */
const SERVER_CONNECTIONS = 80;

/**
 * PgBouncer in front of a generation, under a service of ours that stays the same when another generation serves: a
 * Pooler's cluster can't be changed, and the Service that the operator makes has the Pooler's name.
 *
 * Transactions share connections, and prepared statements work nevertheless, as Prisma needs them. What holds on to a
 * session (migrations, advisory locks, LISTEN) takes the direct service, which stays as it is.
 *
 * @see https://cloudnative-pg.io/documentation/current/connection_pooling/
 * @see https://www.prisma.io/docs/orm/prisma-client/setup-and-configuration/databases-connections/pgbouncer
 */
export function pooling(props: PostgresqlClusterProps, generation: PostgresqlGeneration): ManifestObject[] {
  const poolers = props.poolers ?? 0;
  if (poolers === 0) return [];
  const name = `${generation.name}-pgbouncer`;
  return [
    pooler(props, generation, { name, poolers }),
    new Service({
      metadata: { name: poolerService(props), namespace: props.namespace },
      spec: {
        type: "ClusterIP",
        selector: podsOf(name),
        ports: [{ name: "postgresql", port: POSTGRESQL_PORT, targetPort: "pgbouncer", protocol: "TCP" }],
      },
    }),
    ...(poolers === 1
      ? []
      : [
          new PodDisruptionBudget({
            metadata: { name, namespace: props.namespace },
            spec: { maxUnavailable: 1, selector: { matchLabels: podsOf(name) } },
          }),
        ]),
  ];
}

/** Pods are restricted by the operator itself: no root, no privileges, a root file system that nobody writes to. */
function pooler(
  props: PostgresqlClusterProps,
  generation: PostgresqlGeneration,
  { name, poolers }: { readonly name: string; readonly poolers: number },
): Pooler {
  const { namespace, placement, databases } = props;
  return new Pooler({
    metadata: { name, namespace },
    spec: {
      cluster: { name: generation.name },
      type: "rw",
      instances: poolers,
      pgbouncer: {
        poolMode: "transaction",
        parameters: {
          client_tls_sslmode: "require",
          default_pool_size: String(poolSize(poolers, databases.length)),
          max_client_conn: "1000",
          max_prepared_statements: "200",
        },
      },
      template: {
        spec: {
          ...placement,
          ...(poolers > 1 && { topologySpreadConstraints: [spread(name)] }),
          containers: [
            {
              // The operator fills in the rest of the container of this name.
              name: "pgbouncer",
              image: DEFAULTS.image,
              resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
            },
          ],
        },
      },
    },
  });
}

/** Each pooler has a pool for each database, whose owner is the only one to use it. */
function poolSize(poolers: number, databases: number): number {
  return Math.max(1, Math.floor(SERVER_CONNECTIONS / (poolers * Math.max(1, databases))));
}

function spread(name: string) {
  return {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway" as const,
    labelSelector: { matchLabels: podsOf(name) },
  };
}

function podsOf(name: string) {
  return { "cnpg.io/poolerName": name };
}

/** Service in front of the pooler. */
export function poolerService({ service }: Pick<PostgresqlClusterProps, "service">): string {
  return `${service}-pooler`;
}

/** Every name of that service, if there is one. */
export function poolerHosts(props: PostgresqlClusterProps): string[] {
  if ((props.poolers ?? 0) === 0) return [];
  const name = poolerService(props);
  const { namespace } = props;
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, serviceHost(name, namespace)];
}
