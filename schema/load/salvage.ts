/**
 * A document with mistakes is still checked against the others, so that a user sees every problem in one run: what is
 * wrong is cut out, and what is left is read. Never used to build anything.
 */
import type * as z from "zod/mini";
import { isJsonObject, type Json } from "../../constructs/core/json";
import type { Path } from "./source";

/** What could be read of a document. */
export interface Salvaged<T> {
  readonly document: T | undefined;
  /** Top-level keys that lost something: nothing is said about what they lack. */
  readonly damaged: ReadonlySet<string>;
}

/** Reads what is right of a document; `spare` stands in for what its root lacks. */
export function salvage<T>(schema: z.ZodMiniType<T>, data: Json, spare: { readonly [key: string]: Json }): Salvaged<T> {
  const damaged = new Set<string>();
  if (!isJsonObject(data)) return { document: undefined, damaged };
  const copy = structuredClone(data) as Record<string, Json>;
  for (let round = 0; round < 20; round++) {
    const result = schema.safeParse(copy);
    if (result.success) return { document: result.data, damaged };
    for (const issue of result.error.issues) {
      const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
      const cuts = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
      for (const cut of cuts) {
        if (cut.length > 0) damaged.add(String(cut[0]));
        remove(copy, cut, spare);
      }
    }
  }
  return { document: undefined, damaged };
}

/** Removes a value; if it is not there, what lacks it. */
function remove(root: Record<string, Json>, path: Path, spare: { readonly [key: string]: Json }): void {
  const key = path[path.length - 1];
  const holder = path.slice(0, -1);
  const parent = walk(root, holder);
  if (key === undefined || typeof parent !== "object" || parent === null) return; // an earlier cut took it along
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (Object.hasOwn(parent, key)) delete (parent as Record<string, Json>)[String(key)];
  else if (holder.length > 0) remove(root, holder, spare);
  else if (spare[key] !== undefined) root[key] = spare[key];
}

function walk(root: Json, path: Path): unknown {
  let value: unknown = root;
  for (const step of path) value = (value as Record<string | number, unknown> | null | undefined)?.[step];
  return value;
}
