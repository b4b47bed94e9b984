import type { JsonObject } from "../../core/json";
import { CLICKHOUSE_PASSWORD } from "../backup-secret";
import type { BackupTarget } from "../backup-target";
import type { StoreSecret } from "../store";
import { BACKUP_USER, COLLECTION } from "./backup-store";
import { type ClickhouseDatabase, SECRET_KEYS } from "./database";
import { MARKER } from "./scripts";

/** What the users of one generation depend on. */
export interface UsersOptions {
  readonly databases: readonly ClickhouseDatabase[];
  /** Source addresses from which they may log in. */
  readonly networks: readonly string[];
  /** Where backups go. @default - nowhere */
  readonly backup?: BackupTarget;
  /** Whether the generation starts from a backup. */
  readonly restored: boolean;
}

/**
 * Users of the installation, in the operator's path notation. Without `grants` a user of the server's configuration
 * may do everything, so every user has them.
 *
 * @see https://github.com/Altinity/clickhouse-operator/blob/release-0.25.6/docs/security_hardening.md
 * @see https://clickhouse.com/docs/operations/settings/settings-users#grants-user-setting
 */
export function users({ databases, networks, backup, restored }: UsersOptions): JsonObject {
  return Object.fromEntries([
    // The operator needs this user on the pod itself and adds the addresses of the installation's own pods.
    ["default/networks/ip", ["127.0.0.1", "::1"]],
    ...databases.flatMap(({ name, secret, runtimeUser, migratorUser }) => [
      ...user(runtimeUser, secret, SECRET_KEYS.runtime.hash, networks, runtimeGrants(name)),
      ...user(migratorUser, secret, SECRET_KEYS.migrator.hash, networks, [
        ...migratorGrants(name),
        ...(restored ? [USE_COLLECTION] : []),
      ]),
    ]),
    ...(backup === undefined
      ? []
      : user(BACKUP_USER, backup.secret, CLICKHOUSE_PASSWORD.hash, networks, backupGrants(databases, restored))),
  ]);
}

function user(
  name: string,
  secret: StoreSecret,
  key: string,
  networks: readonly string[],
  grants: readonly string[],
): [string, JsonObject | readonly string[] | string][] {
  return [
    // The operator turns this into a variable of the pod (`from_env`), so the pod waits for the secret. The older
    // `k8s_secret_password` (deprecated since 0.23) copies the value into a ConfigMap and fails when it is missing.
    [`${name}/password_sha256_hex`, { valueFrom: { secretKeyRef: { name: secret.name, key } } }],
    [`${name}/networks/ip`, networks],
    [`${name}/profile`, "default"],
    [`${name}/quota`, "default"],
    [`${name}/grants/query`, grants],
  ];
}

/** Servers newer than 25.10 ask for it where a backup is written or read; it opens no table function by itself. */
const USE_COLLECTION = `GRANT NAMED COLLECTION ON ${COLLECTION}`;

/** Reads everything, through backups only; on a generation that is restored it says when that is done. */
function backupGrants(databases: readonly ClickhouseDatabase[], restored: boolean): string[] {
  return [
    ...databases.map(({ name }) => `GRANT BACKUP ON ${name}.*`),
    USE_COLLECTION,
    ...(restored ? [`GRANT SHOW, CREATE DATABASE ON ${MARKER}.*`] : []),
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
