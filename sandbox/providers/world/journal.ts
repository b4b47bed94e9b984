import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { objectFromJson, parseJson } from "../wire/state-json";
import { Dynamic, isValues, type Value } from "../wire/values";
import type { ShapeFinder } from "./state";
import { World, type WorldObject } from "./world";

interface Entry {
  key: string;
  /** Missing for an object that is gone. */
  object?: Omit<WorldObject, "values"> & { values: unknown };
}

/**
 * Keeps the world in a file of its own, one line for each change, whatever becomes of the state files: for tests of
 * recovery, where objects exist that no state knows.
 */
export function keepJournal(world: World, file: string, shapeOf: ShapeFinder): void {
  mkdirSync(path.dirname(file), { recursive: true });
  replay(world, file, shapeOf);
  writeFileSync(file, world.find(undefined).map(line).join(""));
  world.observe({
    put: (object) => appendFileSync(file, line(object)),
    remove: (key) => appendFileSync(file, `${JSON.stringify({ key } satisfies Entry)}\n`),
  });
}

function line({ provider, type, scope, id, values }: WorldObject): string {
  const entry: Entry = {
    key: World.key(type, scope, id),
    object: { provider, type, scope, id, values: toJson(values) },
  };
  return `${JSON.stringify(entry)}\n`;
}

function replay(world: World, file: string, shapeOf: ShapeFinder): void {
  if (!existsSync(file)) return;
  for (const text of readFileSync(file, "utf8").split("\n")) {
    if (text === "") continue;
    const { key, object } = parseJson(text) as Entry;
    const shape = object && shapeOf(object.provider, object.type);
    if (object === undefined) world.remove(key);
    else if (shape !== undefined) world.put({ ...object, values: objectFromJson(shape, object.values) });
  }
}

/** The JSON form of a value, as state files have it. */
export function toJson(value: Value): unknown {
  if (value instanceof Dynamic) return { type: value.type, value: toJson(value.value) };
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (isValues(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toJson(inner)]));
  return value;
}
