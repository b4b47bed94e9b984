import type { RouteProgram, Row } from "../program/rows";

/** Methods that change nothing. */
export const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"] as const;
const UNSAFE_METHODS = ["POST", "PUT", "PATCH", "DELETE"] as const;

/** Below a prefix, a path that no application has. */
const BELOW = "strata-smoke";

/** Whether a row is the one that answers a method at a path. */
export function takes(program: RouteProgram, row: Row, method: string, path: string): boolean {
  return program.rowOf({ host: row.host, path, method }) === row;
}

/** Methods that the row declares and that change something. */
export function unsafeMethods({ methods }: Row): readonly string[] {
  return methods === undefined ? UNSAFE_METHODS : methods.filter((method) => !isSafe(method));
}

export function isSafe(method: string): boolean {
  return SAFE_METHODS.some((safe) => safe === method);
}

/** The paths to ask a row for: its own, and for a prefix one below it. */
export function samplePaths(program: RouteProgram, row: Row): readonly string[] {
  const below = row.match === "prefix" ? [`${row.path.replace(/\/$/, "")}/${BELOW}`] : [];
  const owned = (path: string) => SAFE_METHODS.some((method) => takes(program, row, method, path));
  return [row.path, ...below].filter(owned);
}

/** A path as somebody would write it to get around a rule: one letter in its other form. */
export function disguised(path: string): string | undefined {
  const letter = /[a-z](?=[^/]*\/?$)/i.exec(path);
  if (letter === null) return undefined;
  const code = letter[0].charCodeAt(0).toString(16).toUpperCase();
  return `${path.slice(0, letter.index)}%${code}${path.slice(letter.index + 1)}`;
}
