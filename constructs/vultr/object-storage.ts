import { ObjectStorage as ObjectStorageResource } from "@cdktf/provider-vultr/lib/object-storage";
import { ObjectStorageBucket } from "@cdktf/provider-vultr/lib/object-storage-bucket";
import { Op, TerraformSelf, Token } from "cdktf";
import { Construct } from "constructs";
import { type Protection, preventDestroy } from "../core/protection";
import { addRule, type Finding } from "../core/rules";

export interface BucketSpec {
  readonly name: string;
  /** @default false */
  readonly versioning?: boolean;
  /** Object lock; can't be switched on later. @default false */
  readonly lock?: boolean;
}

export interface ObjectStorageProps {
  readonly name: string;
  /**
   * Id of Vultr's storage cluster. Stated, not looked up: another answer of a lookup would replace the store.
   * @see https://api.vultr.com/v2/object-storage/clusters
   */
  readonly storageCluster: number;
  /** Id of the storage tier. @see https://api.vultr.com/v2/object-storage/tiers */
  readonly tier: number;
  /**
   * Host of the storage cluster's S3 API, for those who can't read it from here: the apply fails when Vultr gives
   * another. @default - whatever Vultr gives
   */
  readonly hostname?: string;
  readonly protection: Protection;
  readonly buckets: readonly BucketSpec[];
}

/**
 * An S3-compatible store with its buckets. It has one key pair, so whoever may read one bucket may read them all.
 * Its keys stand in the state of its stack.
 *
 * @see https://registry.terraform.io/providers/vultr/vultr/2.32.0/docs/resources/object_storage
 */
export class ObjectStorage extends Construct {
  /** Host name of the S3 API. */
  readonly hostname: string;
  /** Sensitive. */
  readonly accessKey: string;
  /** Sensitive. */
  readonly secretKey: string;

  constructor(scope: Construct, id: string, props: ObjectStorageProps) {
    super(scope, id);
    addRule(this, () => bucketFindings(props.buckets));
    const prevent = preventDestroy(this, props.protection);
    const store = new ObjectStorageResource(this, "resource", {
      label: props.name,
      clusterId: props.storageCluster,
      tierId: props.tier,
      // The provider does not read the tier back: without this an imported store would be replaced.
      lifecycle: { preventDestroy: prevent, ignoreChanges: ["tier_id"], postcondition: hostChecks(props) },
    });
    this.hostname = store.s3Hostname;
    this.accessKey = store.s3AccessKey;
    this.secretKey = store.s3SecretKey;
    for (const [name, bucket] of new Map(props.buckets.map((bucket) => [bucket.name, bucket]))) {
      new ObjectStorageBucket(this, `bucket-${name}`, {
        objectStorageId: store.id,
        name,
        enableVersioning: bucket.versioning ?? false,
        enableLock: bucket.lock ?? false,
        lifecycle: { preventDestroy: prevent },
      });
    }
  }
}

function hostChecks({ hostname, storageCluster }: ObjectStorageProps) {
  if (hostname === undefined) return undefined;
  return [
    {
      condition: Token.asString(Op.eq(TerraformSelf.getString("s3_hostname"), hostname)),
      errorMessage: `Storage cluster ${storageCluster} has another host than ${hostname}. Correct hostname or storageCluster under backups in platform.yaml.`,
    },
  ];
}

function bucketFindings(buckets: readonly BucketSpec[]): Finding[] {
  const names = buckets.map((bucket) => bucket.name);
  return names.flatMap((name, index) => [
    ...(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)
      ? []
      : [
          {
            problem: "bucket name is not valid",
            value: name,
            fix: "Use 3 to 63 lower-case letters, digits and hyphens.",
          },
        ]),
    ...(names.indexOf(name) === index
      ? []
      : [{ problem: `bucket ${name} is there twice`, fix: "Give each bucket its own name." }]),
  ]);
}
