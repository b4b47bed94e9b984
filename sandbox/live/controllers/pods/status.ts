import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodStatus } from "kubernetes-models/v1/PodStatus";
import { timestamp } from "../loop/status";
import type { Pod } from "./objects";

/** What a container does. */
type State = Readonly<Record<string, unknown>>;

const REASONS = ["CrashLoopBackOff", "CreateContainerConfigError"] as const;

/** Why a container does not run, in the words of a kubelet. */
export interface Trouble {
  readonly reason: (typeof REASONS)[number];
  readonly message: string;
}

/** Whether a reason for which a container waits is one of those. */
export function isTrouble(reason: string | undefined): boolean {
  return REASONS.some((known) => known === reason);
}

/** The status of a pod whose containers run and serve. */
export function running(pod: Pod): object {
  const now = timestamp();
  return {
    phase: "Running",
    startTime: pod.status?.startTime ?? now,
    conditions: conditions(pod, "True"),
    containerStatuses: pod.spec.containers.map((one) => container(one, true, { running: { startedAt: now } })),
    initContainerStatuses: initContainers(pod, { running: { startedAt: now } }),
  };
}

/** The status of a pod of a Job that has ended: with exit code 0, or with 1 and a message. */
export function ended(pod: Pod, failure: string | undefined): object {
  const now = timestamp();
  const startedAt = pod.status?.startTime ?? now;
  const well = { terminated: { exitCode: 0, reason: "Completed", startedAt, finishedAt: now } };
  const badly = { terminated: { exitCode: 1, reason: "Error", message: failure, startedAt, finishedAt: now } };
  return {
    phase: failure === undefined ? "Succeeded" : "Failed",
    startTime: startedAt,
    conditions: conditions(pod, "False", failure === undefined ? "PodCompleted" : "PodFailed"),
    containerStatuses: pod.spec.containers.map((one) => container(one, false, failure === undefined ? well : badly)),
    initContainerStatuses: initContainers(pod, well),
  };
}

/** The status of a pod whose containers do not come up. The phase stays as it is. */
export function held(pod: Pod, trouble: Trouble): object {
  const waiting = { waiting: { ...trouble } };
  return {
    conditions: conditions(pod, "False", "ContainersNotReady"),
    containerStatuses: pod.spec.containers.map((one) => container(one, false, waiting)),
  };
}

function container({ name, image = "" }: IContainer, ready: boolean, state: State): object {
  return { name, image, imageID: image, ready, started: ready, restartCount: 0, state };
}

/** Init containers have ended well before the others start, except for sidecars, which do as the others do. */
function initContainers({ spec }: Pod, others: State): object[] {
  const now = timestamp();
  const done = { terminated: { exitCode: 0, reason: "Completed", startedAt: now, finishedAt: now } };
  return (spec.initContainers ?? []).map((one) => {
    const sidecar = one.restartPolicy === "Always";
    return container(one, !sidecar || "running" in others, sidecar ? others : done);
  });
}

type PodCondition = NonNullable<IPodStatus["conditions"]>[number];

/** What is known of a pod beside whether it serves stays as it is. */
function conditions({ status }: Pod, ready: "True" | "False", reason?: string): PodCondition[] {
  const lastTransitionTime = timestamp();
  const set = { Initialized: "True", ContainersReady: ready, Ready: ready };
  return [
    ...(status?.conditions ?? []).filter(({ type }) => !(type in set)),
    ...Object.entries(set).map(([type, value]) => ({
      type,
      status: value,
      lastTransitionTime,
      ...(value === "False" && reason !== undefined && { reason }),
    })),
  ];
}
