import type { ClusterView } from "../loop/cluster-view";
import { type Controller, controller, type Outcome } from "../loop/controller";
import { FINALIZER, PROVISIONED_BY } from "./claims";
import { DRIVER, VOLUMES, type Volume } from "./objects";

/** Removes volumes whose claim is gone, unless they are to be retained. */
export function reclaimedVolumes(): Controller {
  return controller({
    name: "volume",
    type: VOLUMES,
    async reconcile(volume, cluster): Promise<Outcome | undefined> {
      const { metadata, spec, status } = volume;
      if (metadata.annotations?.[PROVISIONED_BY] !== DRIVER) return undefined;
      const leaving = metadata.deletionTimestamp !== undefined;
      if (status?.phase === "Released" && spec.persistentVolumeReclaimPolicy === "Delete") {
        if (!leaving) await cluster.api.delete(VOLUMES, metadata);
        else await letGo(volume, cluster);
      } else if (leaving && status?.phase !== "Bound") {
        // Somebody removes the object of a retained volume: the volume itself would stay in the cloud.
        await letGo(volume, cluster);
      }
      return undefined;
    },
  });
}

async function letGo({ metadata }: Volume, cluster: ClusterView): Promise<void> {
  const { finalizers = [], resourceVersion } = metadata;
  if (!finalizers.includes(FINALIZER)) return;
  const rest = finalizers.filter((finalizer) => finalizer !== FINALIZER);
  await cluster.api.patch(VOLUMES, metadata, { metadata: { resourceVersion, finalizers: rest } });
}
