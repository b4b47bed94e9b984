import type { Controller } from "../loop/controller";
import { postgresqlClusters } from "./clusters";
import { databases, poolers, scheduledBackups } from "./others";

/** What CloudNativePG does in a cluster. ObjectStores of its Barman plugin have no status that anybody waits for. */
export function cloudNativePg(): readonly Controller[] {
  return [postgresqlClusters(), databases(), poolers(), scheduledBackups()];
}
