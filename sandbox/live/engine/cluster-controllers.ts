import type { ClusterDriver } from "../../clusters/driver";
import type { RunningCluster } from "../../clusters/embedded";
import type { World } from "../../providers/world/world";
import { startAutoscaler } from "../autoscaler";
import { type Faults, startControllers, type VaultAccess } from "../controllers";

/** What the controllers of all clusters share. Clusters and APIs are asked for when a cluster starts. */
export interface ClusterControllersOptions {
  readonly faults: Faults;
  readonly vault: () => VaultAccess | undefined;
  readonly world: () => World;
  readonly driver: () => ClusterDriver;
  /** Takes a line for each pool that grows. */
  readonly say: (line: string) => void;
}

interface Running {
  stop(): Promise<unknown>;
  failures(): readonly string[];
}

/** What acts inside the running clusters, and the autoscaler of each. */
export class ClusterControllers {
  private readonly running = new Map<string, Running>();

  constructor(private readonly options: ClusterControllersOptions) {}

  async start(cluster: RunningCluster): Promise<void> {
    const { faults, vault, world, driver, say } = this.options;
    const { id, label, connection } = cluster;
    const controllers = await startControllers({
      connection,
      clusterName: label,
      vault,
      faults,
      say: () => undefined,
    });
    const stopScaling = startAutoscaler({ cluster, world: world(), driver: driver(), say });
    this.running.set(id, {
      stop: () => Promise.all([controllers.stop(), stopScaling()]),
      failures: () => controllers.failures().map((failure) => `${label}: ${failure}`),
    });
  }

  /** Ends those of one cluster. */
  async stop(id: string): Promise<void> {
    await this.running.get(id)?.stop();
    this.running.delete(id);
  }

  async stopAll(): Promise<void> {
    for (const id of [...this.running.keys()]) await this.stop(id);
  }

  /** What does not work right now and why, a sentence each, with the cluster's name. */
  failures(): readonly string[] {
    return [...this.running.values()].flatMap((each) => each.failures());
  }
}
