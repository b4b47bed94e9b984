import { CONFIG_MAPS, SECRETS } from "../api/core";
import type { Stored } from "../api/objects";
import type { Faults } from "../faults";
import type { ClusterView } from "../loop/cluster-view";
import { type Causes, type Controller, controller, type Outcome } from "../loop/controller";
import { FAILING, hold, release } from "./hold";
import { jobOf, PODS, type Pod, workloadOf } from "./objects";
import { missingReference } from "./references";
import { ended, running } from "./status";

export { FAILING, MAY_START } from "./hold";

/** How long the container of a Job seems to work. */
const JOB_MS = 300;
const BY_REQUEST = "the sandbox was told to let it fail";

/**
 * Does with pods what kwok does not: those of Jobs run and end, well or as they are told to, and no pod becomes ready
 * that is to fail, or whose Secrets and ConfigMaps are not there.
 */
export function pods(faults: Faults): Controller {
  /** When the containers of Jobs began, by the id of the pod. */
  const begun = new Map<string, number>();
  return controller({
    name: "pod",
    type: PODS,
    causes: (causes) => {
      lookAgain(causes);
      causes.onStop(faults.onChange(causes.all));
    },
    onGone: ({ metadata }) => begun.delete(metadata.uid),
    async reconcile(pod, cluster): Promise<Outcome | undefined> {
      const { metadata, spec, status } = pod;
      const { namespace = "", deletionTimestamp } = metadata;
      if (deletionTimestamp !== undefined || status?.phase === "Succeeded" || status?.phase === "Failed")
        return undefined;
      // What has started once goes on without what it started with.
      const starts = status?.phase !== "Running" || metadata.annotations?.[FAILING] !== undefined;
      const missing = starts ? missingReference(spec, namespace, cluster) : undefined;
      if (missing !== undefined) {
        await hold(pod, { reason: "CreateContainerConfigError", message: missing }, cluster);
        return { problem: `waits, ${missing}` };
      }
      const fails = faults.has(namespace, workloadOf(pod));
      if (jobOf(pod) !== undefined) return work(pod, fails, begun, cluster);
      if (fails) await hold(pod, { reason: "CrashLoopBackOff", message: BY_REQUEST }, cluster);
      else await release(pod, cluster);
      return undefined;
    },
  });
}

/** Pods that are held may be waiting for what was just made. */
function lookAgain({ cluster, when }: Causes<Pod>): void {
  const held = ({ metadata: { namespace } }: Stored) =>
    cluster
      .store(PODS)
      .all()
      .filter(({ metadata }) => metadata.namespace === namespace && metadata.annotations?.[FAILING] !== undefined)
      .map(({ metadata }) => metadata);
  when(SECRETS, held);
  when(CONFIG_MAPS, held);
}

/** A pod of a Job runs for a moment and ends. */
async function work(
  pod: Pod,
  fails: boolean,
  begun: Map<string, number>,
  cluster: ClusterView,
): Promise<Outcome | undefined> {
  const { metadata, spec, status } = pod;
  if (spec.nodeName === undefined) return undefined;
  const start = begun.get(metadata.uid) ?? Date.now();
  begun.set(metadata.uid, start);
  if (status?.phase === "Pending") {
    const change = { metadata: { annotations: { [FAILING]: null } }, status: running(pod) };
    await cluster.api.patch(PODS, metadata, change, "status");
    return undefined;
  }
  const left = start + JOB_MS - Date.now();
  if (left > 0) return { againMs: left };
  await cluster.api.patch(PODS, metadata, { status: ended(pod, fails ? BY_REQUEST : undefined) }, "status");
  return undefined;
}
