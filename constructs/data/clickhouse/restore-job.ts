import { Job } from "kubernetes-models/batch/v1/Job";
import type { BackupTarget } from "../backup-target";
import type { Recovery } from "../generations";
import { fromSecret } from "../readiness";
import { specHash } from "../spec-hash";
import { backupPod, serverStep, storeStep } from "./backup-pod";
import { COLLECTION } from "./backup-store";
import { SECRET_KEYS } from "./database";
import type { ClickhouseInstallationProps } from "./index";
import { BACKUP_PODS } from "./labels";
import { CHOOSE_SCRIPT, restoreScript } from "./scripts";

/** Time that a restore may take. */
export const RESTORE_SECONDS = 12 * 3600;

/** How long a Job that has ended can be read. */
const READABLE_SECONDS = 7 * 24 * 3600;

/**
 * Fills the server of a new generation from a backup of another one. Each database is restored by its own migrator: its
 * views are defined as that user, and its grants end at the database. Like a readiness Job it is a hook, so that one
 * that failed is made anew by the next deployment; on a server that has been restored it does nothing.
 */
export function restoreJob(
  props: ClickhouseInstallationProps,
  { backup, image, name, server, recover }: RestoreJobOptions,
): Job {
  const databases = props.databases.map((database, index) => ({
    ...database,
    variables: { user: `MIGRATOR_USER_${index}`, password: `MIGRATOR_PASSWORD_${index}` },
  }));
  const restore = serverStep(
    "restore",
    restoreScript(
      databases.map((database) => ({ name: database.name, ...database.variables })),
      COLLECTION,
    ),
    { backup, image },
    { SERVER: server, PATIENCE: String(RESTORE_SECONDS) },
  );
  const migrators = databases.flatMap(({ variables, migratorUser, secret }) => [
    { name: variables.user, value: migratorUser },
    fromSecret(variables.password, secret.name, SECRET_KEYS.migrator.password),
  ]);
  const template = backupPod(
    storeStep(
      "choose",
      CHOOSE_SCRIPT,
      { backup, folder: props.name },
      { FROM: String(recover.from), TO: moment(recover.to) },
    ),
    { ...restore, env: [...restore.env, ...migrators] },
    props,
  );
  return new Job({
    metadata: {
      name: `${name}-restore-${specHash(template)}`,
      namespace: props.namespace,
      labels: { ...BACKUP_PODS },
      annotations: {
        "helm.sh/hook": "post-install,post-upgrade",
        "helm.sh/hook-delete-policy": "before-hook-creation",
      },
    },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: RESTORE_SECONDS,
      ttlSecondsAfterFinished: READABLE_SECONDS,
      template,
    },
  });
}

/** A moment as rclone writes times of files; empty for the newest backup. */
function moment(to: string | undefined): string {
  return to === undefined ? "" : new Date(to).toISOString().slice(0, 19).replace("T", " ");
}

interface RestoreJobOptions {
  readonly backup: BackupTarget;
  readonly image: string;
  /** Name of the new generation. */
  readonly name: string;
  /** Host of its server. */
  readonly server: string;
  readonly recover: Recovery;
}
