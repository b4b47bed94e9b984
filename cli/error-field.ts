/** A text that Node hangs onto its errors, such as `code`; empty when there is none. */
export function errorField(error: unknown, field: "code" | "message" | "stderr"): string {
  if (typeof error !== "object" || error === null) return "";
  const value: unknown = Reflect.get(error, field);
  return typeof value === "string" ? value : "";
}
