import { z } from "zod";
import type { ClusterApi } from "../kubernetes/cluster-api";
import { listAll, metadata } from "../kubernetes/listing";
import type { Volume } from "./model";

export const VOLUMES = "/api/v1/persistentvolumes";

export const volumeObject = z.object({
  metadata,
  spec: z.object({
    capacity: z.object({ storage: z.string().default("") }).optional(),
    storageClassName: z.string().default(""),
    persistentVolumeReclaimPolicy: z.string().default("Retain"),
    claimRef: z.object({ namespace: z.string(), name: z.string() }).optional(),
    csi: z.object({ driver: z.string(), volumeHandle: z.string() }).optional(),
  }),
  status: z.object({ phase: z.string().default("Pending") }).default({ phase: "Pending" }),
});

/** All volumes of a cluster. */
export async function findVolumes(api: ClusterApi): Promise<readonly Volume[]> {
  return (await listAll(api, VOLUMES, volumeObject)).map(volumeOf);
}

/** What of an object matters here. */
export function volumeOf({ metadata: { name }, spec, status }: z.infer<typeof volumeObject>): Volume {
  const { claimRef, csi } = spec;
  return {
    name,
    phase: status.phase,
    ...(claimRef && { claim: `${claimRef.namespace}/${claimRef.name}` }),
    storageClass: spec.storageClassName,
    reclaimPolicy: spec.persistentVolumeReclaimPolicy,
    size: spec.capacity?.storage ?? "",
    ...(csi && { handle: { driver: csi.driver, id: csi.volumeHandle } }),
  };
}
