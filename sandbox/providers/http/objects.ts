import { toJson } from "../world/journal";
import type { World, WorldObject } from "../world/world";

/** Attributes of an object as JSON, by the names of its schema. */
export type Attributes = Readonly<Record<string, unknown>>;

/** The objects of a type as JSON. */
export function attributesOf(
  world: World,
  type: string,
  pick: (object: WorldObject) => boolean = () => true,
): Attributes[] {
  return world.find(type, pick).map(attributes);
}

/** One object as JSON. */
export function attributes({ values }: WorldObject): Attributes {
  const json = toJson(values);
  return isAttributes(json) ? json : {};
}

/** Whether a JSON value is an object. */
export function isAttributes(json: unknown): json is Attributes {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** The attributes of these names, in this order; what is missing is left out. */
export function only(from: Attributes, ...names: readonly string[]): Attributes {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]]));
}

/** The first block of a list attribute, as schemas nest single blocks. */
export function block(from: Attributes, name: string): Attributes {
  const list = from[name];
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return isAttributes(first) ? first : {};
}
