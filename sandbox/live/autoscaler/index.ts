import { CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";
import type { ClusterDriver } from "../../clusters/driver";
import type { RunningCluster } from "../../clusters/embedded";
import type { World } from "../../providers/world/world";
import { poolFor } from "./pools";

const LOOK_EVERY_MS = 2000;

/** What an autoscaler acts on. */
export interface AutoscalerOptions {
  readonly cluster: RunningCluster;
  readonly world: World;
  readonly driver: ClusterDriver;
  readonly say: (line: string) => void;
}

/**
 * What the autoscaler of VKE does: where a pod finds no room, a pool that may grow gets one node more, up to its
 * maximum. It never takes a node away. Answers how to end it.
 */
export function startAutoscaler({ cluster, world, driver, say }: AutoscalerOptions): () => Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const { items } = await api.listPodForAllNamespaces({ fieldSelector: "status.phase=Pending,spec.nodeName=" });
    const pool = items
      .filter(lacksRoom)
      .map((pod) => poolFor(world, cluster.id, pod))
      .find((each) => each !== undefined);
    if (pool === undefined) return;
    const grown = pool.grow();
    say(`Pool ${grown.label} of ${cluster.label} grows to ${grown.nodes.length} nodes: pods find no room`);
    await driver.setPool(cluster.id, grown);
  };
  const timer = setInterval(() => {
    // The API server may be away for a moment, or for good: the next look tells.
    looking ??= look()
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      });
  }, LOOK_EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}

/** The scheduler has looked, and resources are what is missing: more nodes of the same kind would help. */
function lacksRoom({ status }: V1Pod): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: value, reason, message }) =>
      type === "PodScheduled" && value === "False" && reason === "Unschedulable" && /Insufficient/.test(message ?? ""),
  );
}
