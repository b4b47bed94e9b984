import { generationName } from "../generations";
import { backupOf } from "./backup";
import type { PostgresqlGeneration } from "./generation";
import type { PostgresqlClusterProps } from "./index";

/**
 * What a generation starts from: nothing, or the backups of another one. Without a database of ours the operator makes
 * one named `app`, with an owner that nobody uses.
 *
 * A moment after the last transaction that was backed up can't be reached, and the recovery fails.
 *
 * @see https://cloudnative-pg.io/documentation/current/recovery/
 */
export function bootstrap(props: PostgresqlClusterProps, { recover }: PostgresqlGeneration) {
  const [first] = props.databases;
  if (first === undefined) return {};
  // The same secret as the managed role's: two would take turns in setting the password.
  const database = { database: first.name, owner: first.owner, secret: { name: first.passwordSecret.name } };
  if (recover === undefined) return { bootstrap: { initdb: { ...database, dataChecksums: true } } };
  const source = generationName(props.name, recover.from);
  return {
    bootstrap: {
      recovery: {
        source,
        ...database,
        ...(recover.to === undefined ? {} : { recoveryTarget: { targetTime: recover.to } }),
      },
    },
    externalClusters: [{ name: source, plugin: backupOf(props, source) }],
  };
}
