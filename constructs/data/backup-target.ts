import type { StoreSecret } from "./store";

/** Keys of the Kubernetes secret with which a store writes its backups. */
export const BACKUP_KEYS = { accessKey: "access_key", secretKey: "secret_key" } as const;

/** Where a store's backups go and how long they are kept: a bucket of an S3-compatible store. */
export interface BackupTarget {
  /**
   * URL of the S3 API, such as `https://ewr1.vultrobjects.com`. It comes from the configuration: a stack that read it
   * from the store's own stack would keep a copy of the keys in its state.
   */
  readonly endpoint: string;
  /** Region in the sense of S3, which requests are signed for. */
  readonly region: string;
  /** The environment's own bucket: each store keeps its backups below a folder of its own name. */
  readonly bucket: string;
  /** Key pair of the bucket, under {@link BACKUP_KEYS}, in the store's namespace. */
  readonly secret: StoreSecret;
  /** When a full backup is made: five fields of cron, in UTC. */
  readonly schedule: string;
  /** How long a backup is kept, at least. */
  readonly retentionDays: number;
}
