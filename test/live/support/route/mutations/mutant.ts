import { isJsonObject, type Json, type JsonObject } from "../../../../../constructs/core/json";

/** Where a value stands in an object. */
export type FieldPath = readonly (string | number)[];

/** A rendered object with one field changed. */
export interface Mutant {
  /** `kind namespace/name` of the object. */
  readonly subject: string;
  readonly object: JsonObject;
  /** The object with the edit; undefined when it is gone. */
  readonly mutated: JsonObject | undefined;
  readonly path: FieldPath;
  /** Kind of edit, by the kind of value. */
  readonly kind: string;
  /** What was done, in words. */
  readonly edit: string;
}

/** A value in place of another, or its removal. */
export interface Edit {
  readonly kind: string;
  readonly edit: string;
  /** Undefined takes the field away. */
  readonly value: Json | undefined;
}

/** What a mutant is called wherever it is listed. */
export function nameOf({ subject, path, kind, edit }: Mutant): string {
  return `${subject} ${path.join(".")} [${kind}] ${edit}`;
}

/** `kind namespace/name` of an object. */
export function subjectOf({ kind, metadata }: JsonObject): string {
  const { namespace, name } = isJsonObject(metadata) ? metadata : {};
  return `${String(kind)} ${String(namespace)}/${String(name)}`;
}

/** The value with another one at a path; without a value the field or element is taken away. */
export function replaced(value: Json, path: FieldPath, by: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return by ?? null;
  if (Array.isArray(value)) {
    const list: readonly Json[] = value;
    return list.flatMap((each, index) => {
      if (index !== key) return [each];
      return rest.length === 0 && by === undefined ? [] : [replaced(each, rest, by)];
    });
  }
  if (!isJsonObject(value)) throw new Error(`There is no ${path.join(".")} in a single value.`);
  const entries = Object.entries(value).flatMap(([name, each]): [string, Json][] => {
    if (name !== key) return [[name, each]];
    return rest.length === 0 && by === undefined ? [] : [[name, replaced(each, rest, by)]];
  });
  return Object.fromEntries(entries);
}

/** Mutants by their kind of edit. */
export function byKind(mutants: readonly Mutant[]): ReadonlyMap<string, readonly Mutant[]> {
  const found = new Map<string, Mutant[]>();
  for (const mutant of mutants) found.set(mutant.kind, [...(found.get(mutant.kind) ?? []), mutant]);
  return found;
}
