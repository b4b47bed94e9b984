/**
 * The shell of the backup and restore Jobs. Backups of generation n stand in folder n, each in a folder named after the
 * moment at which it was begun; the server writes the file `.backup` last, so one without it is not complete.
 */

/** Folder that the containers of a pod share. */
export const WORK = "/work";

/** Backs up every database; what the statement names are no secrets. */
export function backupScript(databases: readonly string[], collection: string): string {
  const what = databases.map((database) => `DATABASE ${database}`).join(", ");
  return lines(
    "set -eu",
    "stamp=$(date -u +%Y%m%dT%H%M%SZ)",
    `clickhouse-client --host "$SERVER" --receive_timeout "$PATIENCE" --query "BACKUP ${what} TO S3(${collection}, '$GENERATION/$stamp')"`,
    `printf %s "$stamp" > ${WORK}/stamp`,
  );
}

/**
 * Checks that the new backup is complete, deletes what is older than it must be kept, and lists the rest. The newest
 * complete backup stays however old it is. Those of other generations go with age: nothing adds to them any more.
 */
export const KEEP_SCRIPT = lines(
  "set -eu",
  `stamp=$(cat ${WORK}/stamp)`,
  // A listing that fails inside a pipe would look like an empty one.
  `complete() { rclone lsf --files-only --max-depth 2 --recursive --include "/*/.backup" "$ROOT/$1" > ${WORK}/complete; cut -d/ -f1 ${WORK}/complete | sort; }`,
  'complete "$GENERATION" | grep -qx "$stamp" || { echo "backup $stamp is not complete" >&2; exit 1; }',
  'limit=$(date -u -d "@$(($(date +%s) - RETENTION_DAYS * 86400))" +%Y%m%dT%H%M%SZ)',
  `rclone lsf --dirs-only "$ROOT" > ${WORK}/generations`,
  `for generation in $(tr -d / < ${WORK}/generations); do`,
  '  newest=""',
  '  if [ "$generation" = "$GENERATION" ]; then newest=$(complete "$generation" | tail -n 1); fi',
  `  rclone lsf --dirs-only "$ROOT/$generation" > ${WORK}/backups`,
  `  for backup in $(tr -d / < ${WORK}/backups | grep -E "^[0-9]{8}T[0-9]{6}Z$" | awk -v limit="$limit" -v newest="$newest" '$0 "" < limit && $0 != newest'); do`,
  '    echo "deleting $generation/$backup"',
  '    rclone purge "$ROOT/$generation/$backup"',
  "  done",
  "done",
  'echo "kept:"',
  `for generation in $(tr -d / < ${WORK}/generations); do`,
  '  complete "$generation" | sed "s|^|$generation/|"',
  "done",
);

/**
 * Chooses the newest backup that was complete at the moment asked for; without a moment the newest of all. To choose
 * none is no failure yet: a server that was restored long ago needs none, and its backup may have been deleted.
 */
export const CHOOSE_SCRIPT = lines(
  "set -eu",
  `: > ${WORK}/backup`,
  "rclone lsf --files-only --max-depth 2 --recursive --use-server-modtime --format tp --separator ' ' \\",
  `  --include "/*/.backup" "$ROOT/$FROM" > ${WORK}/complete || { echo "the object store can't be read" >&2; exit 0; }`,
  `chosen=$(sort ${WORK}/complete | awk -v to="$TO" 'to == "" || $1 " " $2 <= to' | tail -n 1 | cut -d' ' -f3 | cut -d/ -f1)`,
  'if [ -z "$chosen" ]; then',
  '  echo "no backup of generation $FROM was complete at ${TO:-any time}; complete are (UTC):" >&2',
  `  cat ${WORK}/complete >&2`,
  "  exit 0",
  "fi",
  'echo "chosen: $FROM/$chosen"',
  `printf %s "$FROM/$chosen" > ${WORK}/backup`,
);

/** Database without tables that says that a restore is done. */
export const MARKER = "restored";

/** Fifteen minutes, with five seconds between them. */
const TRIES = 180;

/** A database and the variables with the name and the password of its migrator. */
export interface RestoredDatabase {
  readonly name: string;
  readonly user: string;
  readonly password: string;
}

/**
 * Restores into an empty server only. A finished restore is not done again; one that was interrupted is not continued,
 * because what it left can't be told from what somebody else made: another generation starts anew.
 */
export function restoreScript(databases: readonly RestoredDatabase[], collection: string): string {
  const client = 'clickhouse-client --host "$SERVER" --receive_timeout "$PATIENCE" --query';
  return lines(
    "set -eu",
    `backup=$(cat ${WORK}/backup)`,
    "tries=0",
    `until ${client} "SELECT 1" > /dev/null; do`,
    `  tries=$((tries + 1)); if [ "$tries" -ge ${TRIES} ]; then echo "the server does not answer" >&2; exit 1; fi`,
    "  sleep 5",
    "done",
    `if [ "$(${client} "EXISTS DATABASE ${MARKER}")" = 1 ]; then echo "restored already"; exit 0; fi`,
    'if [ -z "$backup" ]; then echo "there is no backup to restore; container choose says why" >&2; exit 1; fi',
    ...databases.flatMap(({ name, user, password }) => [
      `tables=$(CLICKHOUSE_USER="$${user}" CLICKHOUSE_PASSWORD="$${password}" ${client} "SELECT count() FROM system.tables WHERE database = '${name}'")`,
      `if [ "$tables" != 0 ]; then echo "database ${name} has $tables tables: nothing is restored over them; make another generation" >&2; exit 1; fi`,
    ]),
    ...databases.map(
      ({ name, user, password }) =>
        `CLICKHOUSE_USER="$${user}" CLICKHOUSE_PASSWORD="$${password}" ${client} "RESTORE DATABASE ${name} FROM S3(${collection}, '$backup')"`,
    ),
    `${client} "CREATE DATABASE ${MARKER} COMMENT '$backup'"`,
    'echo "restored $backup"',
  );
}

function lines(...all: readonly string[]): string {
  return all.join("\n");
}
