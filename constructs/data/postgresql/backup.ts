import { ScheduledBackup } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/ScheduledBackup";
import { BARMAN_CLOUD_PLUGIN, ObjectStore } from "../../components/barman-cloud";
import { keepAnnotation } from "../../core/protection";
import { BACKUP_KEYS, type BackupTarget } from "../backup-target";
import type { PostgresqlGeneration } from "./generation";
import type { PostgresqlClusterProps } from "./index";

/**
 * Memory of the container that backs up, beside each instance: little while it archives the log; a base backup peaks at
 * a quarter of a gibibyte and a recovery at more than half of one, whatever the size of the database.
 */
const SIDECAR_MEMORY = { request: "256Mi", limit: "1Gi" } as const;

/**
 * The place of the backups of all generations; each has a folder of its own in it. A cluster that stays when its release
 * goes still needs it.
 *
 * @see https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/
 */
export function objectStore(props: PostgresqlClusterProps, backup: BackupTarget): ObjectStore {
  const { name: secret } = backup.secret;
  return new ObjectStore({
    metadata: { name: props.name, namespace: props.namespace, annotations: keepAnnotation(props.protection) },
    spec: {
      retentionPolicy: `${backup.retentionDays}d`,
      configuration: {
        destinationPath: `s3://${backup.bucket}/${props.name}`,
        endpointURL: backup.endpoint,
        s3Credentials: {
          accessKeyId: { name: secret, key: BACKUP_KEYS.accessKey },
          secretAccessKey: { name: secret, key: BACKUP_KEYS.secretKey },
        },
        wal: { compression: "gzip" },
        data: { compression: "gzip" },
      },
      instanceSidecarConfiguration: {
        env: [
          { name: "AWS_DEFAULT_REGION", value: backup.region },
          // Other S3 stores than Amazon's refuse checksums that they don't know (cloudnative-pg/plugin-barman-cloud#393).
          { name: "AWS_REQUEST_CHECKSUM_CALCULATION", value: "when_required" },
          { name: "AWS_RESPONSE_CHECKSUM_VALIDATION", value: "when_required" },
        ],
        resources: {
          requests: { cpu: "20m", memory: SIDECAR_MEMORY.request },
          limits: { memory: SIDECAR_MEMORY.limit },
        },
      },
    },
  });
}

/**
 * Base backups of a generation. The first is made at once: until there is one the archived log is of no use. One that
 * does not serve only archives its log.
 *
 * @see https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups
 */
export function scheduledBackup(
  props: PostgresqlClusterProps,
  { name }: PostgresqlGeneration,
  { schedule }: BackupTarget,
): ScheduledBackup {
  return new ScheduledBackup({
    metadata: { name, namespace: props.namespace },
    spec: {
      cluster: { name },
      // The operator's first field is seconds.
      schedule: `0 ${schedule}`,
      immediate: true,
      method: "plugin",
      pluginConfiguration: { name: BARMAN_CLOUD_PLUGIN },
      backupOwnerReference: "cluster",
    },
  });
}

/** The plugin as it archives the log of a generation. */
export function archiving(props: PostgresqlClusterProps, generation: PostgresqlGeneration) {
  return { ...backupOf(props, generation.name), isWALArchiver: true };
}

/**
 * The plugin with the folder of one generation. The plugin refuses to archive into a folder that has a log already, so a
 * generation's number is never used again, not even after its environment was destroyed.
 */
export function backupOf(props: PostgresqlClusterProps, generation: string) {
  return { name: BARMAN_CLOUD_PLUGIN, parameters: { barmanObjectName: props.name, serverName: generation } };
}
