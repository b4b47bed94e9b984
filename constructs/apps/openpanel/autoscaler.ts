import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import type { ReplicaRange } from "./settings";

/**
 * Share of the processor time that its pods request at which a workload grows. Memory is no signal: Node keeps what it
 * once took, so a workload would grow and never shrink.
 */
const CPU_UTILISATION = 70;

/** A pod that starts is busy for a moment; growing in small steps keeps that from calling for more pods. */
const SCALE_UP = { stabilizationWindowSeconds: 60, policies: [{ type: "Pods", value: 2, periodSeconds: 60 }] };

/** Slowly, and only after ten quiet minutes: visitors come in waves, and each pod that ends hands its jobs over. */
const SCALE_DOWN = { stabilizationWindowSeconds: 600, policies: [{ type: "Pods", value: 1, periodSeconds: 120 }] };

/**
 * The autoscaler of a Deployment, which then states no number of its own: each deployment would set it back. It needs
 * the metrics API; without it there are `min` pods and never more.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */
export function autoscaler(
  metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> },
  { min, max }: ReplicaRange,
): HorizontalPodAutoscaler {
  return new HorizontalPodAutoscaler({
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: metadata.name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: CPU_UTILISATION } },
        },
      ],
      behavior: { scaleUp: SCALE_UP, scaleDown: SCALE_DOWN },
    },
  });
}
