import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { subjectOf } from "../providers/observer";
import { identityOf } from "../providers/world/state";
import { World, type WorldObject } from "../providers/world/world";

/** What people call an object: its type and its name. */
export function label({ type, values }: WorldObject): string {
  return `${type} ${subjectOf(values)}`;
}

/** What one world has and another lacks, by type and name; equal objects are counted. */
export function difference(have: readonly WorldObject[], want: readonly WorldObject[]): string[] {
  const counts = new Map<string, number>();
  for (const object of have) counts.set(label(object), (counts.get(label(object)) ?? 0) + 1);
  for (const object of want) counts.set(label(object), (counts.get(label(object)) ?? 0) - 1);
  return [...counts].flatMap(([name, count]) => {
    if (count === 0) return [];
    return count > 0 ? `${count} ${name} too many` : `${-count} ${name} missing`;
  });
}

/** What the world calls an object. */
export function keyOf({ type, scope, id }: WorldObject): string {
  return World.key(type, scope, id);
}

/** Objects of the world that no state knows. */
export function outsideStates(world: World, stateFolder: string): WorldObject[] {
  const known = new Set(readdirSync(stateFolder).flatMap((name) => keysOf(path.join(stateFolder, name))));
  return world.find(undefined, (object) => !known.has(keyOf(object)));
}

interface StateFile {
  resources?: { mode: string; type: string; instances: { private?: string }[] }[];
}

function keysOf(file: string): string[] {
  const { resources = [] } = file.endsWith(".tfstate") ? parse(readFileSync(file, "utf8")) : {};
  return resources
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ type, instances }) =>
      instances.flatMap(({ private: bytes }) => {
        const identity = identityOf(bytes && Buffer.from(bytes, "base64"));
        return identity === undefined ? [] : [World.key(type, identity.scope, identity.id)];
      }),
    );
}

/** Terraform writes a local state in place: one that it was killed over may be empty or end in the middle. */
function parse(text: string): StateFile {
  try {
    return JSON.parse(text) as StateFile;
  } catch {
    return {};
  }
}
