import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** What a stack's state holds: its resource instances by address, each with a text that changes when it changes. */
export type StateResources = ReadonlyMap<string, string>;

interface StateFile {
  resources?: {
    module?: string;
    mode: string;
    type: string;
    name: string;
    instances: { index_key?: unknown; deposed?: string; attributes?: unknown; status?: string }[];
  }[];
}

/** Reads one stack's state; an absent or empty file holds nothing. Data sources are not counted. */
export function readState(folder: string, id: string): StateResources {
  const file = path.join(folder, `${id}.tfstate`);
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (text.trim() === "") return new Map();
  const state = JSON.parse(text) as StateFile;
  const managed = (state.resources ?? []).filter(({ mode }) => mode === "managed");
  return new Map(
    managed.flatMap(({ module, type, name, instances }) =>
      instances.map((instance): [string, string] => {
        const suffix = JSON.stringify([instance.index_key ?? null, instance.deposed ?? null]);
        return [`${module ?? ""} ${type}.${name} ${suffix}`, textOf([instance.attributes, instance.status])];
      }),
    ),
  );
}

/** A refresh writes nothing as `null`, and another time as an empty map or list: that is no change. */
function textOf(value: unknown): string {
  const isEmpty = (each: unknown): boolean =>
    each !== null && typeof each === "object" && Object.keys(each).length === 0;
  return JSON.stringify(value, (_, each: unknown) => (isEmpty(each) ? null : each));
}

/** What became of a stack's resources between two states. */
export interface StateChange {
  readonly created: number;
  readonly changed: number;
  readonly destroyed: number;
}

/** Compares two states of a stack. */
export function compareStates(before: StateResources, after: StateResources): StateChange {
  const added = [...after.keys()].filter((address) => !before.has(address));
  const kept = [...after].filter(([address]) => before.has(address));
  return {
    created: added.length,
    changed: kept.filter(([address, value]) => before.get(address) !== value).length,
    destroyed: [...before.keys()].filter((address) => !after.has(address)).length,
  };
}

/** The stacks that have a state file in a folder. */
export function stacksWithState(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".tfstate"))
    .map((name) => name.slice(0, -".tfstate".length));
}

/** Terraform's lock on a stack's state: there while Terraform plans or applies it. */
export function lockFileOf(folder: string, id: string): string {
  return path.join(folder, `.${id}.tfstate.lock.info`);
}
