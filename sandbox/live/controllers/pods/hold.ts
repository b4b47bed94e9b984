import type { ClusterView } from "../loop/cluster-view";
import { isReady, PODS, type Pod } from "./objects";
import { held, running, type Trouble } from "./status";

/**
 * Stands on pods that are kept from becoming ready. kwok makes pods ready that are pending and do not have it, so the
 * two never take turns: where kwok was faster the pod is taken back, and stays so, because it runs by then.
 */
export const FAILING = "sandbox.strata.dev/failing";

/** Keeps a pod from being ready, or makes it so no longer, as if its containers did not come up. */
export async function hold(pod: Pod, trouble: Trouble, cluster: ClusterView): Promise<void> {
  const { metadata, spec } = pod;
  const mark = { metadata: { annotations: { [FAILING]: trouble.reason } } };
  // Before a pod has its node nothing is told of its containers, and the mark alone keeps kwok from it.
  if (spec.nodeName === undefined) {
    if (metadata.annotations?.[FAILING] !== trouble.reason) await cluster.api.patch(PODS, metadata, mark);
  } else if (!isHeld(pod, trouble)) {
    await cluster.api.patch(PODS, metadata, { ...mark, status: held(pod, trouble) }, "status");
  }
}

/** Lets a pod that was held go on: kwok starts those that wait to start, the others run again. */
export async function release(pod: Pod, cluster: ClusterView): Promise<void> {
  const { metadata, status } = pod;
  if (metadata.annotations?.[FAILING] === undefined) return;
  const unmark = { metadata: { annotations: { [FAILING]: null } } };
  if (status?.phase === "Running")
    await cluster.api.patch(PODS, metadata, { ...unmark, status: running(pod) }, "status");
  else await cluster.api.patch(PODS, metadata, unmark);
}

function isHeld(pod: Pod, { reason, message }: Trouble): boolean {
  const states = pod.status?.containerStatuses?.map(({ state }) => state?.waiting) ?? [];
  const marked = pod.metadata.annotations?.[FAILING] === reason;
  const waits = states.length > 0 && states.every((one) => one?.reason === reason && one.message === message);
  return marked && waits && !isReady(pod);
}
