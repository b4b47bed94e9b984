import type { Controller } from "../loop/controller";
import { claims } from "./claims";
import { reclaimedVolumes } from "./reclaim";

export { CLAIMS, DRIVER, STORAGE_CLASSES, VOLUMES } from "./objects";

/** What Vultr's block storage driver does in a cluster: volumes for claims, as long as they are wanted. */
export function volumes(): readonly Controller[] {
  return [claims(), reclaimedVolumes()];
}
