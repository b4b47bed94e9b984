import { apiServer } from "./api-server";
import { controllerManager } from "./controller-manager";
import { etcd } from "./etcd";
import { kwok } from "./kwok";
import type { Place, Program, ProgramName } from "./program";
import { scheduler } from "./scheduler";

export { type Place, PROGRAM_NAMES, type Program, type ProgramName } from "./program";

/** How each server of a cluster is started. */
export function programs(place: Place): Readonly<Record<ProgramName, Program>> {
  return {
    etcd: etcd(place),
    "kube-apiserver": apiServer(place),
    "kube-controller-manager": controllerManager(place),
    "kube-scheduler": scheduler(place),
    kwok: kwok(place),
  };
}
