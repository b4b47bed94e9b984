import type { EmbeddedClusters } from "../../../../../sandbox/clusters/embedded";
import { Servers } from "../../../../../sandbox/live/servers";
import { clusterSpec, openClusters } from "../../../cluster-support";
import { podSpec } from "../deployments";

export const SPEC = clusterSpec("platform");
export const REPLICAS = { replicas: 2, spec: podSpec() };

/** What a test opens: it is ended after it, whatever became of it. */
export class OpenedClusters {
  private readonly opened: { clusters: EmbeddedClusters; servers: Servers }[] = [];

  /** The clusters of a folder. */
  open(folder: string, options: Partial<Parameters<typeof openClusters>[0]> = {}): EmbeddedClusters {
    const servers = new Servers();
    const clusters = openClusters({ folder, servers, ...options });
    this.opened.push({ clusters, servers });
    return clusters;
  }

  async end(): Promise<void> {
    for (const { clusters, servers } of this.opened.splice(0)) {
      await clusters.stop();
      await servers.stop();
    }
  }
}
