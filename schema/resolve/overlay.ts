/** Lays settings over settings, field by field: mappings are merged, everything else is replaced. */
export function overlay<T>(base: T, over: T | undefined): T {
  if (over === undefined) return base;
  if (!isMapping(base) || !isMapping(over)) return over;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) result[key] = overlay(result[key], value);
  return result as T;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
