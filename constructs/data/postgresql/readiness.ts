import { serviceHost } from "../../core/names";
import { fromSecret, type ReadinessCheck } from "../readiness";
import type { PostgresqlDatabase } from "./database";
import type { PostgresqlClusterProps } from "./index";

/** User id of the operator's PostgreSQL images. */
const POSTGRES_USER = 26;
const CA_MOUNT = "/ca";

/**
 * Logs in as the owner through the service, checking the server's certificate. The owner then closes its database to
 * everybody else: privileges on a database are not copied from a template and the operator's `Database` cannot say
 * them, so its owner is the only one who can.
 *
 * `cnpg_metrics_exporter` is the operator's own role since 1.29.1, and keeps the access that it had through PUBLIC.
 */
export function check(props: PostgresqlClusterProps, database: PostgresqlDatabase, image: string): ReadinessCheck {
  const { name, owner, passwordSecret } = database;
  return {
    name: `${props.name}-${name.replaceAll("_", "-")}`,
    image,
    user: POSTGRES_USER,
    script: [
      psql(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`),
      psql(`GRANT CONNECT ON DATABASE ${name} TO cnpg_metrics_exporter`),
      // Fails (division by zero) while anybody may connect.
      psql("SELECT 1 / (NOT has_database_privilege('public', current_database(), 'CONNECT'))::int"),
    ],
    env: [
      { name: "PGHOST", value: serviceHost(props.service, props.namespace) },
      { name: "PGPORT", value: "5432" },
      { name: "PGDATABASE", value: name },
      { name: "PGUSER", value: owner },
      { name: "PGSSLMODE", value: "verify-full" },
      { name: "PGSSLROOTCERT", value: `${CA_MOUNT}/ca.crt` },
      { name: "PGCONNECT_TIMEOUT", value: "5" },
      fromSecret("PGPASSWORD", passwordSecret.name, "password"),
    ],
    // The operator's secret holds the CA's private key too: only the certificate is mounted.
    volumes: [{ name: "ca", secret: { secretName: `${props.name}-ca`, items: [{ key: "ca.crt", path: "ca.crt" }] } }],
    mounts: [{ name: "ca", mountPath: CA_MOUNT, readOnly: true }],
  };
}

function psql(statement: string): string {
  return `psql --no-psqlrc --quiet --no-password --set ON_ERROR_STOP=1 --output /dev/null --command "${statement}"`;
}
