import { isDeepStrictEqual } from "node:util";
import type { ResourceType, Stored } from "../api/objects";
import type { ClusterView } from "./cluster-view";

/** A condition of a status, as most kinds have them. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime?: string;
}

/** An object whose status is written here. */
export interface WithStatus extends Stored {
  readonly status?: object;
}

/**
 * Writes the fields of a status that are not as they should be; nothing is sent when all are. Answers with the object as
 * it is then, or undefined when it is gone.
 */
export async function setStatus<T extends WithStatus>(
  cluster: ClusterView,
  type: ResourceType<T>,
  object: T,
  status: object,
): Promise<T | undefined> {
  const now = new Map(Object.entries(object.status ?? {}));
  const changed = Object.entries(status).filter(([field, value]) => !isDeepStrictEqual(now.get(field), plain(value)));
  if (changed.length === 0) return object;
  const place = cluster.hasStatusOfItsOwn(type) ? "status" : undefined;
  return cluster.api.patch(type, object.metadata, { status: Object.fromEntries(changed) }, place);
}

/** The conditions of an object with one of them set; its time moves only when its status does. */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  condition: Omit<Condition, "lastTransitionTime">,
): Condition[] {
  const before = conditions?.find(({ type }) => type === condition.type);
  const lastTransitionTime =
    before?.status === condition.status && before.lastTransitionTime !== undefined
      ? before.lastTransitionTime
      : timestamp();
  return [...(conditions ?? []).filter((one) => one !== before), { ...condition, lastTransitionTime }];
}

/** A time as the API server writes it: whole seconds. */
export function timestamp(date = new Date()): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** A value as it comes back from the server: without what is undefined. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
