import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Shape } from "../schema/model";
import { textAt } from "../wire/paths";
import { objectFromJson, parseJson } from "../wire/state-json";
import type { World } from "./world";

/** A Terraform state file, as far as it is read here. */
interface StateFile {
  resources?: {
    mode: string;
    type: string;
    provider: string;
    instances: { attributes?: unknown; private?: string }[];
  }[];
}

/** Finds the shape of a managed resource; undefined for providers that are not simulated. */
export type ShapeFinder = (provider: string, type: string) => Shape | undefined;

/** Fills the world with what the state files of a folder hold: the sandbox goes on where the last run ended. */
export function restoreFromState(world: World, folder: string, shapeOf: ShapeFinder): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.endsWith(".tfstate")) restoreFile(world, path.join(folder, name), shapeOf);
  }
}

function restoreFile(world: World, file: string, shapeOf: ShapeFinder): void {
  const text = readFileSync(file, "utf8");
  // Terraform creates the file before it writes it: an interrupted run may leave an empty one.
  if (text.trim() === "") return;
  const state = parseJson(text) as StateFile;
  for (const { mode, type, provider: reference, instances } of state.resources ?? []) {
    const provider = /^provider\["([^"]+)"\]/.exec(reference)?.[1];
    const shape = mode === "managed" && provider !== undefined ? shapeOf(provider, type) : undefined;
    if (shape === undefined || provider === undefined) continue;
    for (const instance of instances) {
      const values = objectFromJson(shape, instance.attributes);
      const identity = identityOf(instance.private && Buffer.from(instance.private, "base64"));
      world.put({ provider, type, scope: "", id: textAt(values, "id"), ...identity, values });
    }
  }
}

/** What the world needs to find the object behind a resource: the provider's scope is nowhere else in the state. */
export interface Identity {
  readonly scope: string;
  readonly id: string;
}

/** The private bytes that Terraform keeps with a resource for its provider. */
export function privateOf({ scope, id }: Identity): Buffer {
  return Buffer.from(JSON.stringify({ scope, id }));
}

/** The identity in private bytes; undefined where they hold none, as for a resource that was just imported. */
export function identityOf(bytes: Uint8Array | string | null | undefined): Identity | undefined {
  if (bytes === null || bytes === undefined || bytes.length === 0) return undefined;
  try {
    const { scope, id } = JSON.parse(Buffer.from(bytes).toString()) as { scope?: unknown; id?: unknown };
    return typeof scope === "string" && typeof id === "string" ? { scope, id } : undefined;
  } catch {
    return undefined;
  }
}
