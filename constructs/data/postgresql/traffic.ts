import { CLOUDNATIVE_PG_NAMESPACE } from "../../components/cloudnative-pg";
import type { Traffic } from "../../kubernetes/tenant-namespace/traffic";
import type { StoreTrafficProps } from "../traffic";

export const POSTGRESQL_PORT = 5432;
/** The instance manager's status port, which the operator asks. */
const STATUS_PORT = 8000;

/** What the operator makes: instances, the Jobs that make and recover them, and poolers. */
const OPERATED = { "app.kubernetes.io/name": "postgresql", "app.kubernetes.io/managed-by": "cloudnative-pg" } as const;

/** Instances and their Jobs, but no poolers. */
const DATABASE = { ...OPERATED, "app.kubernetes.io/component": "database" } as const;

/**
 * What a namespace with a PostgreSQL cluster admits beside what it denies by default.
 *
 * @see https://cloudnative-pg.io/documentation/current/networking/
 */
export function postgresqlTraffic(props: StoreTrafficProps): Traffic[] {
  const operator = props.operator ?? CLOUDNATIVE_PG_NAMESPACE;
  return [
    { from: "namespace", namespace: operator, ports: [STATUS_PORT, POSTGRESQL_PORT], pods: DATABASE },
    ...props.consumers.map((namespace) => ({
      from: "namespace" as const,
      namespace,
      ports: [POSTGRESQL_PORT],
      pods: OPERATED,
    })),
    // Replication, poolers, and the readiness Job.
    { within: "namespace" },
    // The managers of instances and poolers read their objects and secrets from the API server.
    { to: "api-server", pods: OPERATED },
    ...(props.backup === true
      ? [
          {
            to: "internet" as const,
            ports: [443],
            why: "base backups and the write-ahead log go to an object store, and come back in a recovery",
            pods: DATABASE,
          },
        ]
      : []),
  ];
}
