import type { IPersistentVolumeClaimSpec } from "kubernetes-models/v1/PersistentVolumeClaimSpec";
import type { IPersistentVolumeSpec } from "kubernetes-models/v1/PersistentVolumeSpec";
import type { ResourceType, Stored } from "../api/objects";

/** The driver of Vultr's block storage: what its storage classes name. */
export const DRIVER = "block.csi.vultr.com";

export interface Claim extends Stored {
  readonly spec: IPersistentVolumeClaimSpec;
  readonly status?: {
    readonly phase?: string;
    readonly capacity?: Readonly<Record<string, unknown>>;
    readonly conditions?: readonly { readonly type: string }[];
  };
}

export const CLAIMS: ResourceType<Claim> = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  plural: "persistentvolumeclaims",
  namespaced: true,
};

export interface Volume extends Stored {
  readonly spec: IPersistentVolumeSpec;
  readonly status?: { readonly phase?: "Pending" | "Available" | "Bound" | "Released" | "Failed" };
}

export const VOLUMES: ResourceType<Volume> = {
  apiVersion: "v1",
  kind: "PersistentVolume",
  plural: "persistentvolumes",
  namespaced: false,
};

export interface StorageClass extends Stored {
  readonly provisioner: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** @default "Delete" */
  readonly reclaimPolicy?: "Delete" | "Retain";
  /** @default "Immediate" */
  readonly volumeBindingMode?: "Immediate" | "WaitForFirstConsumer";
  readonly mountOptions?: readonly string[];
}

export const STORAGE_CLASSES: ResourceType<StorageClass> = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  plural: "storageclasses",
  namespaced: false,
};
