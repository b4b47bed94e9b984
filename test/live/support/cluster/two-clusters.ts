import type { EmbeddedClusters, RunningCluster } from "../../../../sandbox/clusters/embedded";
import { Servers } from "../../../../sandbox/live/servers";
import {
  type Clients,
  clientsOf,
  clusterSpec,
  openClusters,
  poolSpec,
  removeFolders,
  temporaryFolder,
} from "../../cluster-support";

export const PLATFORM = clusterSpec("platform");
export const PROD = clusterSpec("prod");
/** Keeps pods off the one node of the pool `restricted`. */
export const RESTRICTED_TAINT = { key: "workload", value: "system", effect: "NoSchedule" };
const RESTRICTED = { plan: "vc2-4c-8gb", labels: { tier: "system" }, taints: [RESTRICTED_TAINT] };

/** Two clusters at once: one with two pools, and one that nothing is put in. */
export class TwoClusters {
  readonly folder = temporaryFolder();
  /** The clusters that were told of, in this order. */
  readonly told: RunningCluster[] = [];
  private readonly servers = new Servers();
  readonly clusters: EmbeddedClusters = openClusters({
    folder: this.folder,
    servers: this.servers,
    onRunning: async (cluster) => void this.told.push(cluster),
  });
  private clients: { platform: Clients; prod: Clients } | undefined;

  async start(): Promise<void> {
    const { clusters } = this;
    await Promise.all([clusters.create(PLATFORM), clusters.create(PROD)]);
    this.clients = { platform: clientsOf(clusters, PLATFORM.id), prod: clientsOf(clusters, PROD.id) };
    await clusters.setPool(PLATFORM.id, poolSpec("general", 2));
    await clusters.setPool(PLATFORM.id, poolSpec("restricted", 1, RESTRICTED));
  }

  get platform(): Clients {
    return this.there.platform;
  }

  get prod(): Clients {
    return this.there.prod;
  }

  async stop(): Promise<void> {
    await this.clusters.stop();
    await this.servers.stop();
    removeFolders();
  }

  private get there() {
    if (this.clients === undefined) throw new Error("The clusters were not started.");
    return this.clients;
  }
}
