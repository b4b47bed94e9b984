import { isJsonObject, type Json, type JsonObject } from "../json";

/** The synthesized JSON of one stack. */
export interface StackJson {
  readonly id: string;
  readonly json: JsonObject;
}

/** One block of a stack: a resource, a data source, a provider ... */
export interface Block {
  readonly type: string;
  readonly name: string;
  readonly body: JsonObject;
}

/** The blocks of a section that is keyed by type and name. */
export function blocks(stack: StackJson, section: "resource" | "data"): Block[] {
  const types = stack.json[section];
  if (!isJsonObject(types)) return [];
  return Object.entries(types).flatMap(([type, named]) =>
    isJsonObject(named)
      ? Object.entries(named).flatMap(([name, body]) => (isJsonObject(body) ? [{ type, name, body }] : []))
      : [],
  );
}

/** Every string of a JSON value with the path to it; comments (`//`) are left out. */
export function strings(value: Json, path = ""): { readonly path: string; readonly text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => strings(item, `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === "//" ? [] : strings(child, path === "" ? key : `${path}.${key}`),
  );
}

/** Terraform expressions of a string: what stands in `${...}` and is not escaped as `$${`. */
export function expressions(text: string): string[] {
  if (!text.includes("${")) return [];
  return [...text.matchAll(/(?<!\$)\$\{((?:[^{}]|\{[^{}]*\})*)\}/g)].map((match) => match[1] ?? "");
}
