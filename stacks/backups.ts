import { backupBucket, stackId, vaultNames } from "../constructs/core/names";
import type { SecretDeclaration, SecretKey, SecretReader } from "../constructs/core/secrets";
import { BACKUP_SECRET } from "../constructs/data/backup-secret";
import { BACKUP_KEYS, type BackupTarget } from "../constructs/data/backup-target";
import { BACKUP_SIGNING_REGION } from "../constructs/vultr";
import type { BackupSettings, BackupStore, Environment, Platform } from "../schema/model";

/** When the platform's own services on the central cluster are backed up: before any environment. */
const CENTRAL_SETTINGS: BackupSettings = { schedule: "45 0 * * *", retentionDays: 30 };

/** Backups of one subject: an environment, or the platform's own services on the central cluster. */
export interface Backups {
  /** Names the stack and the bucket. */
  readonly subject: string;
  readonly store: BackupStore;
  readonly settings: BackupSettings;
  /** Path of the key pair below the KV mount. */
  readonly path: string;
}

/** Where an environment's backups go; `undefined` if it has none. */
export function environmentBackups(platform: Platform, { name, backups }: Environment): Backups | undefined {
  const { backups: store } = platform;
  if (store === undefined || backups === false) return undefined;
  return { subject: name, store, settings: backups, path: vaultNames.environment(name, BACKUP_SECRET) };
}

/** Where the backups of Vault and the identity provider go; `undefined` if the platform has no store for any. */
export function centralBackups({ backups: store, central }: Platform): Backups | undefined {
  if (store === undefined) return undefined;
  const path = vaultNames.component(central, BACKUP_SECRET);
  return { subject: central, store, settings: CENTRAL_SETTINGS, path };
}

/**
 * The bucket, how it is reached, and when it is written. All of it is known at synth: whoever reads an output of the
 * store's stack gets a copy of the keys into its own state.
 */
export function backupTarget(organisation: string, { subject, store, settings, path }: Backups): BackupTarget {
  const place =
    store.type === "vultr"
      ? { endpoint: `https://${store.hostname}`, region: BACKUP_SIGNING_REGION, prefix: organisation }
      : { endpoint: store.endpoint, region: store.region, prefix: store.bucketPrefix };
  const { prefix, ...api } = place;
  return { ...api, ...settings, bucket: backupBucket(prefix, subject), secret: { name: BACKUP_SECRET, path } };
}

/** The key pair of a bucket, as the sync finds it: in the store's stack, or with a person. */
export function backupKeys({ subject, store, path }: Backups, readers: readonly SecretReader[]): SecretDeclaration {
  const key = (output: string, what: string): SecretKey =>
    store.type === "vultr"
      ? { kind: "output", stack: stackId.backups(subject), output }
      : { kind: "supplied", description: `${what} that reads and writes the bucket for backups of ${subject}` };
  return {
    path,
    description: `Key pair of the bucket for backups of ${subject}`,
    keys: {
      [BACKUP_KEYS.accessKey]: key("access_key", "Access key"),
      [BACKUP_KEYS.secretKey]: key("secret_key", "Secret key"),
    },
    readers,
  };
}
