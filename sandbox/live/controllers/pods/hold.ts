import type { ClusterView } from "../loop/cluster-view";
import { isReady, PODS, type Pod } from "./objects";
import { held, isTrouble, running, type Trouble } from "./status";

/**
 * Stands on pods that are kept from becoming ready. kwok makes pods ready that are pending and do not have it, so the
 * two never take turns: where kwok was faster the pod is taken back, and stays so, because it runs by then.
 */
export const FAILING = "sandbox.strata.dev/failing";

/**
 * Stands on pods that were looked at and may start. Where these controllers are at work kwok waits for it
 * (`podsAwaitLeave` of the cluster), so that not even for a moment a pod is ready that is to fail.
 */
export const MAY_START = "sandbox.strata.dev/may-start";

/** Keeps a pod from being ready, or makes it so no longer, as if its containers did not come up. */
export async function hold(pod: Pod, trouble: Trouble, cluster: ClusterView): Promise<void> {
  const { metadata, spec } = pod;
  const mark = { metadata: { annotations: { [FAILING]: trouble.reason, [MAY_START]: null } } };
  // Before a pod has its node nothing is told of its containers, and the mark alone keeps kwok from it.
  if (spec.nodeName === undefined) {
    if (metadata.annotations?.[FAILING] !== trouble.reason) await cluster.api.patch(PODS, metadata, mark);
  } else if (!isHeld(pod, trouble)) {
    await cluster.api.patch(PODS, metadata, { ...mark, status: held(pod, trouble) }, "status");
  }
}

/**
 * Lets a pod go on: kwok starts those that wait to start, those that were held run again. The copy here may be a moment
 * old, so a pod whose mark is gone and that is held all the same is let go too.
 */
export async function release(pod: Pod, cluster: ClusterView): Promise<void> {
  const { metadata, status } = pod;
  const marked = metadata.annotations?.[FAILING] !== undefined;
  const mayStart = metadata.annotations?.[MAY_START] !== undefined;
  const unmark = { metadata: { annotations: { [FAILING]: null, [MAY_START]: "true" } } };
  if (status?.phase === "Running" && (marked || waitingOf(pod).some((one) => isTrouble(one?.reason)))) {
    await cluster.api.patch(PODS, metadata, { ...unmark, status: running(pod) }, "status");
  } else if (marked || (!mayStart && status?.phase !== "Running")) {
    await cluster.api.patch(PODS, metadata, unmark);
  }
}

function isHeld(pod: Pod, { reason, message }: Trouble): boolean {
  const waiting = waitingOf(pod);
  const marked = pod.metadata.annotations?.[FAILING] === reason;
  const waits = waiting.length > 0 && waiting.every((one) => one?.reason === reason && one.message === message);
  return marked && waits && !isReady(pod);
}

function waitingOf({ status }: Pod) {
  return status?.containerStatuses?.map(({ state }) => state?.waiting) ?? [];
}
