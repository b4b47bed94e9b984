import { parse, stringify } from "yaml";
import { unescapeTemplates } from "../../constructs/core/escape";
import { isJsonObject, type Json } from "../../constructs/core/json";
import type { StackJson } from "../../constructs/core/synth";

/**
 * A stack as a person reads it in a review: without cdktf's metadata, and with the values of each Helm release as YAML
 * instead of as one long string.
 */
export function readable(stack: StackJson): string {
  return stringify(prune(stack.json), { lineWidth: 0, sortMapEntries: true });
}

/** Addresses of everything that a stack manages or reads. */
export function addresses(stack: StackJson): string[] {
  return (["resource", "data"] as const).flatMap((section) => {
    const types = stack.json[section];
    if (!isJsonObject(types)) return [];
    const prefix = section === "data" ? "data." : "";
    return Object.entries(types).flatMap(([type, named]) =>
      Object.keys(isJsonObject(named) ? named : {}).map((name) => `${prefix}${type}.${name}`),
    );
  });
}

function prune(value: Json, key = ""): Json {
  if (Array.isArray(value)) {
    return value.map((item) =>
      key === "values" && typeof item === "string" ? parse(unescapeTemplates(item)) : prune(item),
    );
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "//")
      .map(([name, child]) => [name, prune(child, name)]),
  );
}
