import { CLOUDNATIVE_PG_NAMESPACE } from "../../components/cloudnative-pg";
import type { Traffic } from "../../kubernetes/tenant-namespace/traffic";
import type { StoreTrafficProps } from "../traffic";

export const POSTGRESQL_PORT = 5432;
/** The instance manager's status port, which the operator asks. */
const STATUS_PORT = 8000;

/**
 * What a namespace with a PostgreSQL cluster admits beside what it denies by default.
 *
 * @see https://cloudnative-pg.io/documentation/current/networking/
 */
export function postgresqlTraffic(props: StoreTrafficProps): Traffic[] {
  const operator = props.operator ?? CLOUDNATIVE_PG_NAMESPACE;
  return [
    { from: "namespace", namespace: operator, ports: [STATUS_PORT, POSTGRESQL_PORT] },
    ...props.consumers.map((namespace) => ({ from: "namespace" as const, namespace, ports: [POSTGRESQL_PORT] })),
    // Replication, and the readiness Job.
    { within: "namespace" },
    // The instance manager reads its cluster and its secrets from the API server.
    { to: "api-server" },
  ];
}
