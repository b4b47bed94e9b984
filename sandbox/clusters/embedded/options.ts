import type { DeclaredPlans } from "../../../constructs/vultr/catalogue";
import type { ClusterConnection } from "../driver";
import type { Machinery } from "./cluster";

/** What real clusters on this machine need. */
export interface EmbeddedOptions extends Machinery {
  /** Folder of all clusters: each has one of its own there, named by its id. */
  readonly folder: string;
  /** Plans that the catalogue does not know. @default - none */
  readonly plans?: DeclaredPlans;
  /** Told of a cluster that serves, before anybody uses it. @default - nobody is told */
  readonly onRunning?: (cluster: RunningCluster) => Promise<void>;
  /** Told of a cluster that is about to end, for good or until it is resumed. @default - nobody is told */
  readonly onStopping?: (id: string) => Promise<void>;
}

/** A cluster that serves. */
export interface RunningCluster {
  readonly id: string;
  readonly label: string;
  readonly connection: ClusterConnection;
  /** File with the way to it. */
  readonly kubeconfig: string;
  /** How long it took to come up. */
  readonly bootSeconds: number;
}
