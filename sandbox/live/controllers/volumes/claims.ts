import { createHash } from "node:crypto";
import { uuid } from "../../../providers/hooks/ids";
import type { Draft } from "../api/objects";
import type { ClusterView } from "../loop/cluster-view";
import { type Controller, controller, type Outcome } from "../loop/controller";
import { CLAIMS, type Claim, DRIVER, STORAGE_CLASSES, type StorageClass, VOLUMES, type Volume } from "./objects";
import { bytes } from "./quantity";

/** The binder of Kubernetes says with it which driver is to make the volume. */
const PROVISIONER = "volume.kubernetes.io/storage-provisioner";
/** The scheduler says with it where the first pod will run. */
const SELECTED_NODE = "volume.kubernetes.io/selected-node";
/** Who has made a volume; the binder leaves its deletion to them. */
export const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
/** Keeps the object until the volume behind it is gone. */
export const FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer";

/**
 * Makes a volume for each claim that asks Vultr's driver for one, when the binder says so, and lets it grow with the
 * claim. The binder binds the two, as everywhere.
 */
export function claims(): Controller {
  return controller({
    name: "volume claim",
    type: CLAIMS,
    causes: ({ whenConcerned }) => {
      // A class may come after its claims.
      whenConcerned(STORAGE_CLASSES, (claim, { metadata }) => claim.spec.storageClassName === metadata.name);
    },
    async reconcile(claim, cluster): Promise<Outcome | undefined> {
      if (claim.metadata.deletionTimestamp !== undefined) return undefined;
      if (claim.spec.volumeName !== undefined) return grow(claim, claim.spec.volumeName, cluster);
      const storageClass = cluster.store(STORAGE_CLASSES).get({ name: claim.spec.storageClassName ?? "" });
      if (storageClass === undefined || !isAsked(claim, storageClass)) return undefined;
      // One that is there belongs to the binder.
      if (cluster.store(VOLUMES).get({ name: volumeName(claim) }) !== undefined) return undefined;
      await cluster.api.apply(VOLUMES, volume(claim, storageClass));
      return undefined;
    },
  });
}

function isAsked({ metadata: { annotations = {} } }: Claim, { provisioner, volumeBindingMode }: StorageClass): boolean {
  if (provisioner !== DRIVER || annotations[PROVISIONER] !== DRIVER) return false;
  return volumeBindingMode !== "WaitForFirstConsumer" || annotations[SELECTED_NODE] !== undefined;
}

function volumeName({ metadata }: Pick<Claim, "metadata">): string {
  return `pvc-${metadata.uid}`;
}

function volume({ metadata, spec }: Claim, storageClass: StorageClass): Draft<Volume> {
  const { namespace, name, uid, resourceVersion } = metadata;
  return {
    metadata: {
      name: volumeName({ metadata }),
      annotations: { [PROVISIONED_BY]: DRIVER },
      finalizers: [FINALIZER],
    },
    spec: {
      capacity: { storage: spec.resources?.requests?.storage ?? "10Gi" },
      accessModes: spec.accessModes,
      volumeMode: spec.volumeMode ?? "Filesystem",
      storageClassName: storageClass.metadata.name,
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? "Delete",
      mountOptions: storageClass.mountOptions && [...storageClass.mountOptions],
      claimRef: { apiVersion: "v1", kind: CLAIMS.kind, namespace, name, uid, resourceVersion },
      csi: {
        driver: DRIVER,
        fsType: "ext4",
        volumeHandle: uuid(createHash("sha256").update(uid).digest("hex")),
        volumeAttributes: { ...storageClass.parameters },
      },
    },
  };
}

/** Kubernetes itself refuses to shrink a claim, and to grow one whose class does not allow it. */
async function grow(claim: Claim, name: string, cluster: ClusterView): Promise<undefined> {
  const wanted = claim.spec.resources?.requests?.storage;
  const bound = cluster.store(VOLUMES).get({ name });
  if (bound?.spec.csi?.driver !== DRIVER || claim.status?.phase !== "Bound") return undefined;
  if (bytes(wanted) <= bytes(claim.status.capacity?.storage)) return undefined;
  if (bytes(wanted) > bytes(bound.spec.capacity?.storage)) {
    await cluster.api.patch(VOLUMES, bound.metadata, { spec: { capacity: { storage: wanted } } });
  }
  const conditions = claim.status.conditions?.filter(({ type }) => !/^(Resizing|FileSystemResizePending)$/.test(type));
  await cluster.api.patch(CLAIMS, claim.metadata, { status: { capacity: { storage: wanted }, conditions } }, "status");
  return undefined;
}
