import { CronJob } from "kubernetes-models/batch/v1/CronJob";
import type { BackupTarget } from "../backup-target";
import { backupPod, serverStep, storeStep } from "./backup-pod";
import { COLLECTION } from "./backup-store";
import type { ClickhouseInstallationProps } from "./index";
import { BACKUP_PODS } from "./labels";
import { backupScript, KEEP_SCRIPT } from "./scripts";

/** Time that a backup may take. */
const PATIENCE_SECONDS = 6 * 3600;

/** How late a backup may start after its time, when the cluster was not able to start it then. */
const LATEST_START_SECONDS = 3600;

/**
 * Backs up the serving generation on schedule and deletes what is old. A backup is a full one, so each can be restored
 * and deleted by itself. What fails is a failed Job, and the statement and the reason stand in its log.
 *
 * @see https://clickhouse.com/docs/operations/backup
 */
export function backupJob(
  props: ClickhouseInstallationProps,
  { backup, image, generation, server }: BackupJobOptions,
): CronJob {
  const databases = props.databases.map(({ name }) => name);
  const env = { GENERATION: String(generation) };
  const template = backupPod(
    serverStep(
      "backup",
      backupScript(databases, COLLECTION),
      { backup, image },
      { ...env, SERVER: server, PATIENCE: String(PATIENCE_SECONDS) },
    ),
    storeStep(
      "keep",
      KEEP_SCRIPT,
      { backup, folder: props.name },
      { ...env, RETENTION_DAYS: String(backup.retentionDays) },
    ),
    props,
  );
  return new CronJob({
    metadata: { name: `${props.name}-backup`, namespace: props.namespace, labels: { ...BACKUP_PODS } },
    spec: {
      schedule: backup.schedule,
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: LATEST_START_SECONDS,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        metadata: { labels: { ...BACKUP_PODS } },
        spec: { backoffLimit: 1, activeDeadlineSeconds: PATIENCE_SECONDS, template },
      },
    },
  });
}

interface BackupJobOptions {
  readonly backup: BackupTarget;
  readonly image: string;
  /** Number of the generation that serves. */
  readonly generation: number;
  /** Host of its server. */
  readonly server: string;
}
