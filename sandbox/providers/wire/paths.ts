import { isValues, unwrap, type Value, type Values } from "./values";

/** The value at a path such as `metadata.0.name`; undefined where the path leads nowhere. */
export function at(values: Value | undefined, path: string): Value | undefined {
  let value: Value | undefined = values;
  for (const step of path.split(".")) {
    const inner: Value | undefined = value === undefined ? undefined : unwrap(value);
    if (Array.isArray(inner)) value = inner[Number(step)];
    else if (isValues(inner)) value = inner[step];
    else return undefined;
  }
  return value;
}

/** The text at a path; an empty one where there is none. */
export function textAt(values: Value | undefined, path: string): string {
  const value = at(values, path);
  return typeof value === "string" ? value : "";
}

/** Sets the value at a path whose parents exist. */
export function put(values: Values, path: string, value: Value): void {
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  const parent = steps.length === 0 ? values : at(values, steps.join("."));
  if (Array.isArray(parent)) parent[Number(last)] = value;
  else if (isValues(parent)) parent[last] = value;
}

/**
 * The concrete paths behind a path of a schema: `node_pools.plan` is `node_pools.0.plan` for every pool there is.
 * A path that meets nothing has no concrete ones.
 */
export function expand(values: Value | undefined, schemaPath: string): string[] {
  const walk = (value: Value | undefined, steps: readonly string[], done: readonly string[]): string[] => {
    const inner = value === undefined ? undefined : unwrap(value);
    const [step, ...rest] = steps;
    if (step === undefined) return [done.join(".")];
    if (Array.isArray(inner)) return inner.flatMap((element, index) => walk(element, steps, [...done, String(index)]));
    if (!isValues(inner) || !(step in inner)) return [];
    return walk(inner[step], rest, [...done, step]);
  };
  return walk(values, schemaPath.split("."), []);
}
