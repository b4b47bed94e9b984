import type { Finding } from "../../core/rules";
import { repeated } from "../../core/texts";
import type { DeliveredSecret } from "../../kubernetes/secret-delivery";
import type { StoreSecret } from "../store";

/** A database with the role that owns it. */
export interface PostgresqlDatabase {
  /** Lower-case letters, digits and `_`. */
  readonly name: string;
  /** Role that owns the database and logs in to it; lower-case letters, digits and `_`. */
  readonly owner: string;
  /** The role's credentials, see {@link postgresqlSecrets}. */
  readonly passwordSecret: StoreSecret;
  /** @default - no limit but the server's */
  readonly connectionLimit?: number;
}

/** Keys of a database's Vault path, as seed 000 names them. */
const USER_KEY = "postgres_user";
const PASSWORD_KEY = "postgres_password";

/**
 * The secrets that the databases need in the store's namespace: the operator sets each role's password from them, so
 * database and application agree by construction.
 *
 * @see https://cloudnative-pg.io/documentation/current/declarative_role_management/
 */
export function postgresqlSecrets(databases: readonly PostgresqlDatabase[]): DeliveredSecret[] {
  return databases.map(({ passwordSecret }) => ({
    name: passwordSecret.name,
    path: passwordSecret.path,
    // The operator reads no other type.
    type: "kubernetes.io/basic-auth",
    template: { username: `{{ .${USER_KEY} }}`, password: `{{ .${PASSWORD_KEY} }}` },
    // Without the label a new password waits for the next reconciliation.
    labels: { "cnpg.io/reload": "true" },
  }));
}

/** Names that mean something else in pg_hba.conf, or belong to the server or the operator. */
const RESERVED = [
  ...["all", "replication", "sameuser", "samerole", "samegroup"],
  ...["postgres", "template0", "template1", "streaming_replica"],
];

/** Beginnings of names that the server and the operator keep for themselves. */
const RESERVED_PREFIXES = ["pg_", "cnpg_"];

export function checkDatabases(databases: readonly PostgresqlDatabase[]): Finding[] {
  const names = databases.map((database) => database.name);
  const owners = databases.map((database) => database.owner);
  const secrets = databases.map((database) => database.passwordSecret.name);
  return [
    ...(databases.length === 0
      ? [{ problem: "the cluster has no database", fix: "Name at least one: the first is made with the cluster." }]
      : []),
    ...[...names, ...owners].filter(isBadName).map((name) => ({
      problem: "PostgreSQL name is not allowed here",
      value: name,
      fix: `Use at most 63 of a-z, 0-9 and _, starting with a letter but not with ${RESERVED_PREFIXES.join(" or ")}, and none of ${RESERVED.join(", ")}.`,
    })),
    ...[names, owners, secrets].flatMap(repeated).map((name) => ({
      problem: "two databases of one cluster share a name, an owner or a password secret",
      value: name,
      fix: "Give each database its own.",
    })),
  ];
}

function isBadName(name: string): boolean {
  const reserved = RESERVED.includes(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix));
  return name.length > 63 || !/^[a-z][a-z0-9_]*$/.test(name) || reserved;
}
