import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import { BACKUP_KEYS, type BackupTarget } from "../backup-target";
import { rcloneVariables } from "../rclone";
import { fromSecret } from "../readiness";

/** User that makes backups. */
export const BACKUP_USER = "backup";

/** Name under which SQL refers to the object store, so that no statement carries a key. */
export const COLLECTION = "backups";

const VARIABLES = { accessKey: "BACKUP_ACCESS_KEY", secretKey: "BACKUP_SECRET_KEY" } as const;

/**
 * Configuration file of the server that tells it of the object store. The keys come from the server's environment and
 * are left out of the copy of the whole configuration that the server writes to its volume.
 *
 * @see https://clickhouse.com/docs/operations/named-collections
 * @see https://clickhouse.com/docs/operations/configuration-files
 */
export function storeFile(backup: BackupTarget, folder: string): Readonly<Record<string, string>> {
  const url = text(`${backup.endpoint.replace(/\/$/, "")}/${backup.bucket}/${folder}/`);
  const lines = [
    "<clickhouse>",
    "  <named_collections>",
    `    <${COLLECTION}>`,
    `      <url>${url}</url>`,
    `      <access_key_id from_env="${VARIABLES.accessKey}" hide_in_preprocessed="true"/>`,
    `      <secret_access_key from_env="${VARIABLES.secretKey}" hide_in_preprocessed="true"/>`,
    `    </${COLLECTION}>`,
    "  </named_collections>",
    "  <s3>",
    `    <${COLLECTION}>`,
    `      <endpoint>${url}</endpoint>`,
    `      <region>${text(backup.region)}</region>`,
    `    </${COLLECTION}>`,
    "  </s3>",
    "</clickhouse>",
  ];
  return { "config.d/backups.xml": `${lines.join("\n")}\n` };
}

/** What the server's file refers to. */
export function serverVariables({ secret }: BackupTarget): IEnvVar[] {
  return [
    fromSecret(VARIABLES.accessKey, secret.name, BACKUP_KEYS.accessKey),
    fromSecret(VARIABLES.secretKey, secret.name, BACKUP_KEYS.secretKey),
  ];
}

/** What a script of ours works with: the object store, and the store's own folder there. */
export function folderVariables(backup: BackupTarget, folder: string): IEnvVar[] {
  return [
    ...rcloneVariables(backup),
    // Times of backups are compared as text.
    { name: "TZ", value: "UTC" },
    { name: "ROOT", value: `store:${backup.bucket}/${folder}` },
  ];
}

function text(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
