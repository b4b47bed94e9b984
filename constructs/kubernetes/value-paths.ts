import { isJsonObject, type Json, type JsonObject } from "../core/json";
import type { Finding } from "../core/rules";

/**
 * The value paths that a pinned chart knows, committed beside the component and generated from the chart: keys only.
 * A path that ends in `.*` is open: the chart takes any keys below it.
 */
export interface KnownValues {
  readonly chart: string;
  readonly version: string;
  readonly paths: readonly string[];
}

/** Value paths that the chart does not know: Helm ignores them silently, so a typo would go unnoticed. */
export function checkValues(values: JsonObject, known: KnownValues): Finding[] {
  const exact = new Set<string>();
  const open: string[] = [];
  for (const path of known.paths) {
    if (path.endsWith(".*")) open.push(path.slice(0, -1));
    exact.add(path.replace(/\.\*$/, ""));
  }
  return leaves(values)
    .filter((path) => !isKnown(path, exact, open))
    .map((path) => ({
      problem: `chart ${known.chart} ${known.version} has no value ${path}`,
      fix: `Use one of ${nearest(path, known.paths).join(", ")}, or regenerate the list if the chart changed.`,
    }));
}

function isKnown(path: string, exact: ReadonlySet<string>, open: readonly string[]): boolean {
  return exact.has(path) || open.some((prefix) => `${path}.`.startsWith(prefix));
}

function leaves(value: Json, prefix = ""): string[] {
  if (!isJsonObject(value) || Object.keys(value).length === 0) return [prefix];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, prefix === "" ? key : `${prefix}.${key}`));
}

/** The known paths that share the longest beginning with a path. */
function nearest(path: string, known: readonly string[]): string[] {
  const segments = path.split(".");
  const shared = (other: string) => {
    const others = other.split(".");
    return segments.findIndex((segment, index) => segment !== others[index]);
  };
  return [...known].sort((a, b) => shared(b) - shared(a) || a.localeCompare(b)).slice(0, 3);
}
