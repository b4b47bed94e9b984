import { isJsonObject, type Json } from "../../constructs/core/json";

/** The same document whatever the order of its keys. */
export function canonical(value: unknown): Json {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isJsonObject(value)) return value as Json;
  const entries = Object.entries(value).map(([key, inner]) => [key, canonical(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
