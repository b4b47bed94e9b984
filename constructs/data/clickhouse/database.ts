import type { Finding } from "../../core/rules";
import { repeated } from "../../core/texts";
import type { DeliveredSecret } from "../../kubernetes/secret-delivery";
import type { StoreSecret } from "../store";
import { BACKUP_USER } from "./backup-store";
import { MARKER } from "./scripts";

/** A database with its two users: one changes the schema, the other works with the data. */
export interface ClickhouseDatabase {
  /** Lower-case letters, digits and `_`. */
  readonly name: string;
  /** User with which the application runs: reads, writes, deletes rows. */
  readonly runtimeUser: string;
  /** User of the migration Job: creates and changes tables and views. */
  readonly migratorUser: string;
  /** Both users' credentials, see {@link clickhouseSecrets}. */
  readonly secret: StoreSecret;
}

/** Keys of the Kubernetes secret. The server reads the hashes only, the readiness Job the passwords. */
export const SECRET_KEYS = {
  runtime: { password: "runtime_password", hash: "runtime_password_sha256_hex" },
  migrator: { password: "migrator_password", hash: "migrator_password_sha256_hex" },
} as const;

/** Keys of a database's Vault path: the first as seed 000 names it. */
const RUNTIME_KEY = "clickhouse_password";
const MIGRATOR_KEY = "clickhouse_migrator_password";

/** The secrets that the databases need in the store's namespace. */
export function clickhouseSecrets(databases: readonly ClickhouseDatabase[]): DeliveredSecret[] {
  return databases.map(({ secret }) => ({
    name: secret.name,
    path: secret.path,
    template: {
      [SECRET_KEYS.runtime.password]: `{{ .${RUNTIME_KEY} }}`,
      [SECRET_KEYS.runtime.hash]: `{{ .${RUNTIME_KEY} | sha256sum }}`,
      [SECRET_KEYS.migrator.password]: `{{ .${MIGRATOR_KEY} }}`,
      [SECRET_KEYS.migrator.hash]: `{{ .${MIGRATOR_KEY} | sha256sum }}`,
    },
  }));
}

/** Users that the server, the operator or backups have already, and databases that are not an application's. */
const RESERVED = ["default", "clickhouse_operator", BACKUP_USER, "system", "information_schema", MARKER];

export function checkDatabases(databases: readonly ClickhouseDatabase[]): Finding[] {
  const users = databases.flatMap((database) => [database.runtimeUser, database.migratorUser]);
  const names = databases.map((database) => database.name);
  return [
    ...[...names, ...users]
      .filter((name) => !/^[a-z][a-z0-9_]*$/.test(name) || RESERVED.includes(name))
      .map((name) => ({
        problem: "ClickHouse name is not allowed here",
        value: name,
        fix: `Use a-z, 0-9 and _, starting with a letter, and none of ${RESERVED.join(", ")}.`,
      })),
    ...[names, users].flatMap(repeated).map((name) => ({
      problem: "two databases or users of one installation share a name",
      value: name,
      fix: "Give each its own: a user's grants end at its database.",
    })),
  ];
}
