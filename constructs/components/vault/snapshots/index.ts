import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { backupDelivery } from "../../../data/backup-secret";
import type { BackupTarget } from "../../../data/backup-target";
import type { ClusterTarget } from "../../../kubernetes/cluster-target";
import { ManifestSet } from "../../../kubernetes/manifest-set";
import type { PodPlacement } from "../../../kubernetes/placement";
import { SecretDelivery } from "../../../kubernetes/secret-delivery";
import { INTERNAL_ISSUER } from "../../cert-manager/issuers";
import { account } from "./account";
import { cronJob } from "./cron-job";

export interface VaultSnapshotsProps {
  readonly target: ClusterTarget;
  readonly namespace: string;
  /** URL of Vault inside its cluster. */
  readonly vault: string;
  readonly backup: BackupTarget;
  /** Most that a snapshot can hold: the size of a server's data volume. */
  readonly size: string;
  /** @default - on nodes without taints */
  readonly placement?: PodPlacement;
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * Snapshots of all that Vault stores, on a schedule, in a bucket. They are encrypted as Vault stores it: worth nothing
 * without the unseal keys of their day.
 *
 * Their pods come to work by themselves once Vault is open, has the role of the account (`SnapshotTaker`, in the stack
 * of the cluster's secrets) and was filled: the key pair of the bucket stands in Vault too, and is delivered from there.
 * Until then a run fails, which changes nothing: there is no snapshot of a sealed Vault. Every delivery that is made
 * once stays, so a Vault that is sealed later fails for its own sake only.
 */
export class VaultSnapshots extends Construct {
  constructor(scope: Construct, id: string, props: VaultSnapshotsProps) {
    super(scope, id);
    const { target, namespace, backup, dependsOn } = props;
    const delivery = new SecretDelivery(this, "secrets", {
      target,
      namespace,
      vault: { url: props.vault, internalIssuer: INTERNAL_ISSUER },
      secrets: [backupDelivery(backup.secret)],
      dependsOn,
    });
    new ManifestSet(this, "manifests", {
      target,
      release: "vault-snapshots",
      namespace,
      manifests: [...account(props), cronJob(props)],
      waiting: { until: "submitted", reason: "it runs when its time comes" },
      dependsOn: [delivery.ready],
    });
  }
}
