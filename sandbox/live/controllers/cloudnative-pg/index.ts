import type { Controller } from "../loop/controller";
import { backups, scheduledBackups } from "./backups";
import { postgresqlClusters } from "./clusters";
import { databases, poolers } from "./others";

/** What CloudNativePG and its Barman Cloud plugin do in a cluster. */
export function cloudNativePg(): readonly Controller[] {
  return [postgresqlClusters(), databases(), poolers(), backups(), scheduledBackups()];
}
