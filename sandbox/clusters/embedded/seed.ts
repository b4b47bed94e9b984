import { CoordinationV1Api, CoreV1Api, type KubeConfig, StorageV1Api } from "@kubernetes/client-node";
import { hasCode } from "./api";
import { STORAGE_CLASSES } from "./storage-classes";

/** Makes what a cluster of Vultr's comes with; what is there stays as it is. */
export async function seed(config: KubeConfig): Promise<void> {
  const storage = config.makeApiClient(StorageV1Api);
  for (const body of STORAGE_CLASSES) {
    await storage.createStorageClass({ body }).catch((error: unknown) => {
      if (!hasCode(error, 409)) throw error;
    });
  }
}

/** Ends the leases of all nodes: the kwok that held them is gone, and the next one would wait until they expire. */
export async function forgetLeases(config: KubeConfig): Promise<void> {
  await config.makeApiClient(CoordinationV1Api).deleteCollectionNamespacedLease({ namespace: "kube-node-lease" });
}

/** Whether pods can be made in a cluster: each needs the service account of its namespace. */
export async function hasServiceAccount(config: KubeConfig): Promise<boolean> {
  try {
    await config.makeApiClient(CoreV1Api).readNamespacedServiceAccount({ name: "default", namespace: "default" });
    return true;
  } catch {
    return false;
  }
}
