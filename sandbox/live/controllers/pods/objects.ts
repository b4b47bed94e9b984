import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IPodStatus } from "kubernetes-models/v1/PodStatus";
import { controllerOf, type ResourceType, type Stored } from "../api/objects";

export interface Pod extends Stored {
  readonly spec: IPodSpec;
  readonly status?: IPodStatus;
}

export const PODS: ResourceType<Pod> = { apiVersion: "v1", kind: "Pod", plural: "pods", namespaced: true };

/** Every pod of a Job has it. */
const JOB_NAME = "batch.kubernetes.io/job-name";

/** Name of the Job that a pod works for. */
export function jobOf({ metadata }: Stored): string | undefined {
  return metadata.labels?.[JOB_NAME];
}

/** Whether a pod serves, as far as anybody is told. */
export function isReady({ status, metadata }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** Name of what a pod works for: its Job, Deployment, StatefulSet or the resource of an operator; its own if none. */
export function workloadOf({ metadata }: Pod): string {
  const { kind, name } = controllerOf({ metadata }) ?? { kind: "Pod", name: metadata.name };
  const hash = metadata.labels?.["pod-template-hash"];
  // A ReplicaSet is called after its Deployment.
  return kind === "ReplicaSet" && hash !== undefined ? name.replace(new RegExp(`-${hash}$`), "") : name;
}
