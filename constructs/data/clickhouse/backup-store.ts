import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import { BACKUP_KEYS, type BackupTarget } from "../backup-target";
import { fromSecret } from "../readiness";

/** User that makes backups. */
export const BACKUP_USER = "backup";

/** Keys of the backup secret beside {@link BACKUP_KEYS}: the server reads the hash only, the Jobs the password. */
export const PASSWORD_KEYS = {
  password: "clickhouse_password",
  hash: "clickhouse_password_sha256_hex",
} as const;

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

/**
 * The object store for rclone, as remote `store`: it takes everything from its environment and needs no file.
 *
 * @see https://rclone.org/docs/#environment-variables
 */
export function rcloneVariables(backup: BackupTarget, folder: string): IEnvVar[] {
  const option = (name: string, value: string) => ({ name: `RCLONE_CONFIG_STORE_${name}`, value });
  return [
    option("TYPE", "s3"),
    option("PROVIDER", "Other"),
    option("ENDPOINT", backup.endpoint),
    option("REGION", backup.region),
    option("NO_CHECK_BUCKET", "true"),
    fromSecret("RCLONE_CONFIG_STORE_ACCESS_KEY_ID", backup.secret.name, BACKUP_KEYS.accessKey),
    fromSecret("RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY", backup.secret.name, BACKUP_KEYS.secretKey),
    { name: "RCLONE_CONFIG", value: "/tmp/rclone.conf" },
    // Times of backups are compared as text.
    { name: "TZ", value: "UTC" },
    { name: "ROOT", value: `store:${backup.bucket}/${folder}` },
  ];
}

function text(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
