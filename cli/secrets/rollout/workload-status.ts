import { z } from "zod";
import { podSpec } from "./pod-secrets";
import { selector } from "./pods";

/** Kinds that make pods and keep them. Jobs are not among them: each run starts with the values of its time. */
export type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet";

const count = z.number().default(0);
/** A workload as the API server answers it; each kind has some fields of its status. */
export const workload = z.object({
  metadata: z.object({
    name: z.string(),
    generation: count,
    ownerReferences: z
      .array(z.object({ kind: z.string(), uid: z.string(), name: z.string(), controller: z.boolean().default(false) }))
      .default([]),
  }),
  spec: z.object({
    replicas: z.number().default(1),
    selector,
    updateStrategy: z.object({ type: z.string().optional() }).nullish(),
    template: z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish() }).nullish(),
      spec: podSpec,
    }),
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      currentRevision: z.string().optional(),
      updateRevision: z.string().optional(),
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
      conditions: z.array(z.object({ type: z.string(), reason: z.string().optional() })).nullish(),
    })
    .prefault({}),
});

export type WorkloadAnswer = z.output<typeof workload>;

/** What a rollout waits for, by the same rules as `kubectl rollout status`; undefined when it is complete. */
export function missingOf(
  kind: WorkloadKind,
  { metadata, spec: { replicas }, status }: WorkloadAnswer,
): string | undefined {
  if (status.observedGeneration < metadata.generation) return "its controller has not seen the change yet";
  const of = (part: number, all: number, what: string) =>
    part < all ? `${part} of ${all} pods are ${what}` : undefined;
  switch (kind) {
    case "Deployment": {
      const old = status.replicas - status.updatedReplicas;
      return (
        of(status.updatedReplicas, replicas, "new") ??
        (old > 0 ? `${old} old ${old === 1 ? "pod has" : "pods have"} not ended yet` : undefined) ??
        of(status.availableReplicas, status.updatedReplicas, "available")
      );
    }
    case "StatefulSet": {
      const renewing = status.updateRevision !== status.currentRevision;
      return (
        of(status.readyReplicas, replicas, "ready") ??
        (renewing ? of(status.updatedReplicas, replicas, "new") : undefined)
      );
    }
    case "DaemonSet": {
      const all = status.desiredNumberScheduled;
      return of(status.updatedNumberScheduled, all, "new") ?? of(status.numberAvailable, all, "available");
    }
  }
}
