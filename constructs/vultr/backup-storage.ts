import { Construct } from "constructs";
import { backupBucket } from "../core/names";
import type { Protection } from "../core/protection";
import { ObjectStorage } from "./object-storage";

export interface BackupStorageProps {
  /** Short name of the organisation: bucket names are shared by all of Vultr's customers. */
  readonly organisation: string;
  /** Whose backups they are: an environment, or the central cluster. */
  readonly subject: string;
  /** Id of Vultr's storage cluster. */
  readonly storageCluster: number;
  /** Host of that storage cluster's S3 API. */
  readonly hostname: string;
  /** Id of the storage tier. */
  readonly tier: number;
  readonly protection: Protection;
}

/**
 * Region that requests to Vultr's object storage are signed for. Vultr names none: its gateways take the region from
 * the request, so every client must only use one and the same for all of a signature.
 *
 * @see https://docs.vultr.com/products/cloud-storage/object-storage
 */
export const BACKUP_SIGNING_REGION = "us-east-1";

/**
 * Where one subject's backups go: an object store with a single bucket. A store has one key pair for all of its buckets,
 * so each subject has a store of its own, and whoever holds its keys reaches nobody else's backups.
 */
export class BackupStorage extends Construct {
  /** Name of the bucket. */
  readonly bucket: string;
  /** Host of the S3 API. */
  readonly hostname: string;
  /** Sensitive. */
  readonly accessKey: string;
  /** Sensitive. */
  readonly secretKey: string;

  constructor(scope: Construct, id: string, props: BackupStorageProps) {
    super(scope, id);
    const { organisation, subject, ...store } = props;
    this.bucket = backupBucket(organisation, subject);
    const storage = new ObjectStorage(this, "storage", {
      ...store,
      name: this.bucket,
      buckets: [{ name: this.bucket }],
    });
    this.hostname = storage.hostname;
    this.accessKey = storage.accessKey;
    this.secretKey = storage.secretKey;
  }
}
