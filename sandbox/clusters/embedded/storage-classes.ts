import type { V1ObjectMeta, V1StorageClass } from "@kubernetes/client-node";

/** Driver that serves the volumes of Vultr's clusters. */
export const PROVISIONER = "block.csi.vultr.com";

const IS_DEFAULT = "storageclass.kubernetes.io/is-default-class";

/**
 * The storage classes that come with a cluster of Vultr's.
 *
 * @see https://docs.vultr.com/how-to-provision-persistent-volume-claims-on-vultr-kubernetes-engine
 */
export const STORAGE_CLASSES: readonly V1StorageClass[] = [
  storageClass("vultr-block-storage", "block", "nvme"),
  storageClass("vultr-block-storage-hdd", "block", "hdd"),
  storageClass("vultr-vfs-storage", "vfs", "nvme"),
].flat();

/** A class, and one more that keeps the volume when its claim is deleted. */
function storageClass(name: string, storageType: string, diskType: string): V1StorageClass[] {
  return ["Delete", "Retain"].map((reclaimPolicy) => ({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: metadataOf(reclaimPolicy === "Retain" ? `${name}-retain` : name),
    provisioner: PROVISIONER,
    parameters: { storage_type: storageType, disk_type: diskType },
    reclaimPolicy,
    volumeBindingMode: "Immediate",
    allowVolumeExpansion: true,
  }));
}

function metadataOf(name: string): V1ObjectMeta {
  return name === "vultr-block-storage" ? { name, annotations: { [IS_DEFAULT]: "true" } } : { name };
}
