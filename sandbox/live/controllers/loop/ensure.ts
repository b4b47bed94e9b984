import { createHash } from "node:crypto";
import type { Draft, ResourceType, Stored } from "../api/objects";
import type { ClusterView } from "./cluster-view";

/** Says what an object was made from, so that nothing is sent while that stays the same. */
const MADE_FROM = "sandbox.strata.dev/made-from";

/** Makes an object as it should be, unless it was made so already. */
export async function ensure<T extends Stored>(
  cluster: ClusterView,
  type: ResourceType<T>,
  draft: Draft<T>,
): Promise<void> {
  const existing = cluster.store(type).get(draft.metadata);
  if (existing === undefined || !isMadeFrom(existing, draft)) await cluster.api.apply(type, marked(draft));
}

/** Whether an object was made from this. */
export function isMadeFrom(object: Stored, draft: { readonly metadata: object }): boolean {
  return object.metadata.annotations?.[MADE_FROM] === digest(draft);
}

/** A draft that says what it is made from. */
export function marked<T extends Stored>(draft: Draft<T>): Draft<T> {
  const { metadata } = draft;
  return {
    ...draft,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [MADE_FROM]: digest(draft) } },
  };
}

function digest(draft: object): string {
  return createHash("sha256").update(JSON.stringify(draft)).digest("hex").slice(0, 16);
}
