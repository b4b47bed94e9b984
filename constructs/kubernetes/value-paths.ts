import { isJsonObject, type Json, type JsonObject } from "../core/json";
import { nearest as alike } from "../core/nearest";
import type { Finding } from "../core/rules";

/**
 * The value paths that a pinned chart knows, committed beside the component and generated from the chart: keys only.
 * A path that ends in `.*` is open: the chart takes any keys below it. A `*` inside a path stands for any one key.
 */
export interface KnownValues {
  readonly chart: string;
  readonly version: string;
  readonly paths: readonly string[];
}

/**
 * Value paths that the chart does not know: Helm ignores them silently, so a typo would go unnoticed. `null` takes a
 * default away, so it may stand for a whole branch.
 */
export function checkValues(values: JsonObject, known: KnownValues): Finding[] {
  const exact = new Set<string>();
  const open: string[] = [];
  const patterns: RegExp[] = [];
  for (const path of known.paths) {
    if (path.includes(".*.")) patterns.push(pattern(path));
    else if (path.endsWith(".*")) open.push(path.slice(0, -1));
    exact.add(path.replace(/\.\*$/, ""));
  }
  const isKnown = (path: string, value: Json) =>
    exact.has(path) ||
    open.some((prefix) => `${path}.`.startsWith(prefix)) ||
    patterns.some((one) => one.test(path)) ||
    (value === null && known.paths.some((other) => isBranch(path, other)));
  return leaves(values)
    .filter(([path, value]) => !isKnown(path, value))
    .map(([path]) => ({
      problem: `chart ${known.chart} ${known.version} has no value ${path}`,
      fix: `Use one of ${nearest(path, known.paths).join(", ")}, or run tools/generate-value-paths.mjs if the chart changed.`,
    }));
}

/** A path with a key of any name in it. */
function pattern(path: string): RegExp {
  const open = path.endsWith(".*");
  const segments = (open ? path.slice(0, -2) : path).split(".");
  const expression = segments.map((part) => (part === "*" ? "[^.]+" : part.replace(/[^\w-]/g, "\\$&"))).join("\\.");
  return new RegExp(`^${expression}${open ? "(\\..+)?" : ""}$`);
}

function isBranch(path: string, known: string): boolean {
  const others = known.split(".");
  return path.split(".").every((segment, index) => others[index] === segment || others[index] === "*");
}

function leaves(value: Json, prefix = ""): [string, Json][] {
  if (!isJsonObject(value) || Object.keys(value).length === 0) return [[prefix, value]];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, prefix === "" ? key : `${prefix}.${key}`));
}

/** The known paths nearest to one: those that share the longest beginning with it, and of these the most alike. */
function nearest(path: string, known: readonly string[]): string[] {
  const segments = path.split(".");
  const shared = (other: string) => {
    const others = other.split(".");
    const different = segments.findIndex((segment, index) => segment !== others[index]);
    return different < 0 ? segments.length : different;
  };
  const longest = Math.max(0, ...known.map(shared));
  return alike(
    path,
    known.filter((other) => shared(other) === longest),
  );
}
