import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import { BACKUP_KEYS, type BackupTarget } from "./backup-target";
import { fromSecret } from "./readiness";

/**
 * Moves files to and from the object store: a small image of the tool's own makers that verifies what it uploads and sends
 * large files in parts.
 *
 * @see https://rclone.org/install/#docker
 */
// renovate: datasource=docker depName=rclone/rclone
export const RCLONE_IMAGE = "docker.io/rclone/rclone:1.75.1";

/**
 * The object store for rclone, as remote `store`: it takes everything from its environment and needs no file.
 *
 * @see https://rclone.org/docs/#environment-variables
 */
export function rcloneVariables({ endpoint, region, secret }: BackupTarget): IEnvVar[] {
  const option = (name: string, value: string) => ({ name: `RCLONE_CONFIG_STORE_${name}`, value });
  return [
    { name: "RCLONE_CONFIG", value: "/notfound" },
    { name: "RCLONE_CACHE_DIR", value: "/tmp" },
    option("TYPE", "s3"),
    option("PROVIDER", "Other"),
    option("ENDPOINT", endpoint),
    option("REGION", region),
    // The key pair need not be able to make buckets.
    option("NO_CHECK_BUCKET", "true"),
    fromSecret("RCLONE_CONFIG_STORE_ACCESS_KEY_ID", secret.name, BACKUP_KEYS.accessKey),
    fromSecret("RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY", secret.name, BACKUP_KEYS.secretKey),
  ];
}
