import { serviceHost } from "../../core/names";
import { fromSecret, type ReadinessCheck } from "../readiness";
import type { PostgresqlDatabase } from "./database";
import { ownService, type PostgresqlGeneration } from "./generation";
import type { PostgresqlClusterProps } from "./index";
import { poolerService } from "./pooler";

/** User id of the operator's PostgreSQL images. */
const POSTGRES_USER = 26;
const CA_MOUNT = "/ca";

/** The operator's own role since 1.29.1, with which it reads metrics. */
const METRICS_ROLE = "cnpg_metrics_exporter";

/**
 * Logs in as the owner and checks the server's certificate: to the generation that serves as consumers do, through the
 * service and the pooler, to another one through the operator's service.
 *
 * The owner then closes its database to everybody else: privileges on a database are not copied from a template and the
 * operator's `Database` cannot say them, so its owner is the only one who can. Metrics keep the access that they had
 * through PUBLIC.
 */
export function check(
  props: PostgresqlClusterProps,
  generation: PostgresqlGeneration,
  database: PostgresqlDatabase,
  image: string,
): ReadinessCheck {
  const { name, owner, passwordSecret } = database;
  const { serving } = generation;
  const host = serviceHost(serving ? props.service : ownService(generation), props.namespace);
  return {
    name: `${checkedAs(props, generation)}-${name.replaceAll("_", "-")}`,
    image,
    user: POSTGRES_USER,
    script: [
      psql(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`),
      psql(`GRANT CONNECT ON DATABASE ${name} TO ${METRICS_ROLE}`),
      // Each fails (division by zero) unless it is so.
      psql("SELECT 1 / (NOT has_database_privilege('public', current_database(), 'CONNECT'))::int"),
      psql(`SELECT 1 / has_database_privilege('${METRICS_ROLE}', current_database(), 'CONNECT')::int`),
      ...(serving ? throughPooler(props) : []),
    ],
    env: [
      { name: "PGHOST", value: host },
      { name: "PGPORT", value: "5432" },
      { name: "PGDATABASE", value: name },
      { name: "PGUSER", value: owner },
      { name: "PGSSLMODE", value: "verify-full" },
      { name: "PGSSLROOTCERT", value: `${CA_MOUNT}/ca.crt` },
      { name: "PGCONNECT_TIMEOUT", value: "5" },
      fromSecret("PGPASSWORD", passwordSecret.name, "password"),
    ],
    // The operator's secret holds the CA's private key too: only the certificate is mounted.
    volumes: [
      { name: "ca", secret: { secretName: `${generation.name}-ca`, items: [{ key: "ca.crt", path: "ca.crt" }] } },
    ],
    mounts: [{ name: "ca", mountPath: CA_MOUNT, readOnly: true }],
  };
}

/** What the check of a generation is called: one name for whichever serves, so that a switch of generations replaces it. */
export function checkedAs(props: PostgresqlClusterProps, { serving, label }: PostgresqlGeneration): string {
  return serving ? props.name : label;
}

function throughPooler(props: PostgresqlClusterProps): string[] {
  if ((props.poolers ?? 0) === 0) return [];
  return [`PGHOST=${serviceHost(poolerService(props), props.namespace)} ${psql("SELECT 1")}`];
}

function psql(statement: string): string {
  return `psql --no-psqlrc --quiet --no-password --set ON_ERROR_STOP=1 --output /dev/null --command "${statement}"`;
}
