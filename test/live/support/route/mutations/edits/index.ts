import { isJsonObject, type Json, type JsonObject } from "../../../../../../constructs/core/json";
import { type Edit, type FieldPath, type Mutant, replaced, subjectOf } from "../mutant";
import { booleanEdits, numberEdits, numbersAt } from "./numbers";
import { ruleEdits } from "./rules";
import { textEdits } from "./texts";

/** Texts in a rule's own language, by the name of their field. */
const RULES = ["match"];

/** What else stands where a value stands, in this object and those beside it. */
interface Surroundings {
  readonly hosts: readonly string[];
  readonly priorities: readonly number[];
  /** Texts by the field that they stand in. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/**
 * Every edit of every single field of some objects, and every object taken away. What an edit is follows from the kind
 * of value alone, so a new field is edited as soon as it is rendered. The name and namespace of an object are left: with
 * another one, the object is gone.
 */
export function mutantsOf(objects: readonly JsonObject[], hosts: readonly string[]): Mutant[] {
  return objects.flatMap((object) => {
    const beside = objects.filter((each) => each.kind === object.kind && namespaceOf(each) === namespaceOf(object));
    const around = {
      hosts,
      priorities: objects.flatMap((each) => numbersAt(each, "priority")),
      texts: textsOf(beside),
    };
    const subject = subjectOf(object);
    const gone: Mutant = { subject, object, mutated: undefined, path: [], kind: "object", edit: "is gone" };
    const inside = fieldsOf(object.spec ?? null, ["spec"], around).map(({ path, kind, edit, value }): Mutant => {
      const mutated = replaced(object, path, value);
      if (!isJsonObject(mutated)) throw new Error(`${subject} is no object any more.`);
      return { subject, object, mutated, path, kind, edit };
    });
    // Two ways to edit a field may come to the same.
    const known = new Map(inside.map((each) => [JSON.stringify([each.path, each.mutated]), each]));
    return [gone, ...known.values()];
  });
}

type FieldEdit = Edit & { readonly path: FieldPath };

function fieldsOf(value: Json, path: FieldPath, around: Surroundings): FieldEdit[] {
  const here = (edits: readonly Edit[]): FieldEdit[] => edits.map((edit) => ({ ...edit, path }));
  if (Array.isArray(value)) return listEdits(value, path, around);
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([name, each]) => [
      { path: [...path, name], kind: "field", edit: "is gone", value: undefined },
      ...fieldsOf(each, [...path, name], around),
    ]);
  }
  if (typeof value === "number") return here(numberEdits(value, path, around.priorities));
  if (typeof value === "boolean") return here(booleanEdits(value));
  if (typeof value !== "string") return [];
  const field = fieldOf(path);
  if (RULES.includes(field)) return here(ruleEdits(value, around.hosts));
  return here(textEdits(value, around.texts.get(field) ?? []));
}

/** Each element gone, each two beside each other swapped, and one more from elsewhere. */
function listEdits(list: readonly Json[], path: FieldPath, around: Surroundings): FieldEdit[] {
  const inside = list.flatMap((each, index) => fieldsOf(each, [...path, index], around));
  const gone = list.map((each, index) => ({
    path: [...path, index],
    kind: "list: element gone",
    edit: `${wordsOf(each)} is gone`,
    value: undefined,
  }));
  const swapped = list.slice(1).flatMap((next, index): FieldEdit[] => {
    const before = list[index] ?? null;
    const value = list.with(index, next).with(index + 1, before);
    return [{ path, kind: "list: order", edit: `${wordsOf(next)} comes before ${wordsOf(before)}`, value }];
  });
  return [...inside, ...gone, ...swapped, ...oneMore(list, path, around)];
}

/** One element that other lists of the same place have and this one has not. */
function oneMore(list: readonly Json[], path: FieldPath, { texts }: Surroundings): FieldEdit[] {
  const [first] = list;
  const add = (value: Json): FieldEdit => ({
    path,
    kind: "list: element more",
    edit: `${wordsOf(value)} is added`,
    value: [...list, value],
  });
  const field = fieldOf(path);
  if (typeof first === "string") return (OTHERS[field] ?? []).filter((each) => !list.includes(each)).map(add);
  if (!isJsonObject(first) || Object.keys(first).join() !== "name") return [];
  const known = list.map((each) => isJsonObject(each) && each.name);
  const others = (texts.get(`${field}.name`) ?? []).filter((name) => !known.includes(name));
  return [...new Set(others)].slice(0, 2).map((name) => add({ name }));
}

/** What could be in a list of texts that only ever has a few. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  entryPoints: ["edge", "machine"],
  authResponseHeaders: ["X-Auth-Request-Groups"],
  sourceRange: ["0.0.0.0/0", "::/0", "203.0.113.0/24"],
  prefixes: ["/"],
};

/** The field that a value stands in, whatever its place in a list. */
function fieldOf(path: FieldPath): string {
  const names = path.filter((each) => typeof each === "string");
  const last = names.at(-1) ?? "";
  return last === "name" ? `${names.at(-2)}.${last}` : last;
}

function textsOf(objects: readonly JsonObject[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { spec } of objects) {
    for (const [field, text] of namedTexts(spec ?? null, ["spec"])) {
      found.set(field, [...(found.get(field) ?? []), text]);
    }
  }
  return found;
}

function namedTexts(value: Json, path: FieldPath): (readonly [string, string])[] {
  if (typeof value === "string") return [[fieldOf(path), value]];
  if (Array.isArray(value)) return value.flatMap((each: Json, index) => namedTexts(each, [...path, index]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => namedTexts(each, [...path, name]));
}

function wordsOf(value: Json): string {
  if (isJsonObject(value)) return String(value.match ?? value.name ?? JSON.stringify(value));
  return String(value);
}

function namespaceOf({ metadata }: JsonObject): Json | undefined {
  return isJsonObject(metadata) ? metadata.namespace : undefined;
}
