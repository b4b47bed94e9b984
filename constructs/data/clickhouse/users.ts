import type { JsonObject } from "../../core/json";
import { type ClickhouseDatabase, SECRET_KEYS } from "./database";

/**
 * Users of the installation, in the operator's path notation. Without `grants` a user of the server's configuration
 * may do everything, so every user has them.
 *
 * @see https://github.com/Altinity/clickhouse-operator/blob/release-0.25.6/docs/security_hardening.md
 * @see https://clickhouse.com/docs/operations/settings/settings-users#grants-user-setting
 */
export function users(databases: readonly ClickhouseDatabase[], networks: readonly string[]): JsonObject {
  return Object.fromEntries([
    // The operator needs this user on the pod itself and adds the addresses of the installation's own pods.
    ["default/networks/ip", ["127.0.0.1", "::1"]],
    ...databases.flatMap((database) => [
      ...user(database, "runtime", networks, runtimeGrants(database.name)),
      ...user(database, "migrator", networks, migratorGrants(database.name)),
    ]),
  ]);
}

function user(
  database: ClickhouseDatabase,
  role: keyof typeof SECRET_KEYS,
  networks: readonly string[],
  grants: readonly string[],
): [string, JsonObject | readonly string[] | string][] {
  const name = role === "runtime" ? database.runtimeUser : database.migratorUser;
  return [
    // The operator turns this into a variable of the pod (`from_env`), so the pod waits for the secret. The older
    // `k8s_secret_password` (deprecated since 0.23) copies the value into a ConfigMap and fails when it is missing.
    [
      `${name}/password_sha256_hex`,
      { valueFrom: { secretKeyRef: { name: database.secret.name, key: SECRET_KEYS[role].hash } } },
    ],
    [`${name}/networks/ip`, networks],
    [`${name}/profile`, "default"],
    [`${name}/quota`, "default"],
    [`${name}/grants/query`, grants],
  ];
}

/** Rows only. Deletes are mutations: `DELETE FROM` needs ALTER DELETE, and lightweight ones ALTER UPDATE. */
function runtimeGrants(database: string): string[] {
  return [`GRANT SHOW, SELECT, INSERT, ALTER UPDATE, ALTER DELETE ON ${database}.*`];
}

/**
 * The schema of one database, without dropping the database itself. Migrations read the progress of what they start
 * from system tables; a user may end its own queries without a grant.
 */
function migratorGrants(database: string): string[] {
  return [
    `GRANT SHOW, SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE ON ${database}.*`,
    ...["databases", "tables", "columns", "parts", "processes", "mutations"].map(
      (table) => `GRANT SELECT ON system.${table}`,
    ),
  ];
}
