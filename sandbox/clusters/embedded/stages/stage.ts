/** What is asked of an object before a stage plays: `key` is a path of jq. */
export interface Condition {
  readonly key: string;
  readonly operator: "Exists" | "DoesNotExist" | "In" | "NotIn";
  readonly values?: readonly string[];
}

/** What happens to an object: its status is replaced in part, or it is gone. */
export type Next = { readonly statusTemplate: string } | { readonly delete: true };

/** One rule of kwok: objects of a kind that meet all conditions get what comes next. */
export interface Stage {
  readonly name: string;
  readonly kind: "Node" | "Pod";
  readonly when: readonly Condition[];
  readonly delayMs?: number;
  readonly next: Next;
}

/** A stage as kwok reads it. */
export function stageManifest({ name, kind, when, delayMs, next }: Stage): Record<string, unknown> {
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: "v1", kind },
      selector: { matchExpressions: when },
      ...(delayMs === undefined ? {} : { delay: { durationMilliseconds: delayMs } }),
      next,
    },
  };
}
