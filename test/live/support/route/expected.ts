import type { Route, RouteTableProps } from "../../../../constructs/access/route-table";
import { nameOf } from "../../../../sandbox/live/traffic";

/** What has to happen to a request, said from the data of a table alone. */
export type Expected =
  /** It reaches a backend, and no gate is asked. */
  | { readonly outcome: "passes"; readonly by: string; readonly path: string }
  /** It reaches the backend of whoever has a session, and nobody else's. */
  | { readonly outcome: "gated"; readonly gate: string; readonly by: string; readonly path: string }
  /** 403, and nobody is asked. */
  | { readonly outcome: "refused" }
  /** 404: no row is for it. */
  | { readonly outcome: "nothing" };

/** A row that no gate stands before: how much may come is said by the row. */
export type OpenRoute = Extract<Route, { readonly class: "public" | "machine" }>;

export function isOpen(row: Route): row is OpenRoute {
  return row.class === "public" || row.class === "machine";
}

/** Every method that a row has to have an answer to, and two that no row knows. */
export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] as const;

/** What wins when several rows are for a request, first to last. */
const CLASSES = ["denied", "public", "machine", "gated"] as const;

/** The row that a request belongs to: the strictest class, and in it the longest path. */
export function rowFor({ routes }: RouteTableProps, method: string, path: string): Route | undefined {
  const fitting = routes.filter((route) => isFor(route, path) && takes(route, method));
  return CLASSES.flatMap((name) =>
    fitting.filter((route) => route.class === name).sort((a, b) => b.path.length - a.path.length),
  )[0];
}

export function expectedOf(table: RouteTableProps, method: string, path: string): Expected {
  const row = rowFor(table, method, path);
  if (row === undefined) return { outcome: "nothing" };
  if (row.class === "denied") return { outcome: "refused" };
  const reached = { by: nameOf({ namespace: table.namespace, ...row.backend }), path: behind(row, path) };
  // A preflight has no session, and only the application knows its answer.
  if (row.class === "gated" && method !== "OPTIONS") return { outcome: "gated", gate: row.gate, ...reached };
  return { outcome: "passes", ...reached };
}

/** Paths to try a row with. */
export function samplesOf({ match, path }: Route): string[] {
  if (match === "exact") return [path];
  return path.endsWith("/") ? [path, `${path}probe/deep`] : [path, `${path}/probe/deep`];
}

/** Path that the backend of a row sees. */
export function behind(row: Route, path: string): string {
  const prefix = "stripPrefix" in row ? row.stripPrefix : undefined;
  const rest = prefix !== undefined && path.startsWith(prefix) ? path.slice(prefix.length) : path;
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function isFor(route: Route, path: string): boolean {
  if (route.match === "exact") return path === route.path;
  const below = route.path.endsWith("/") ? route.path : `${route.path}/`;
  return path === route.path || path.startsWith(below);
}

/** Whoever may send may ask before: OPTIONS belongs to every row. */
function takes({ methods }: Route, method: string): boolean {
  return methods === undefined || method === "OPTIONS" || methods.some((each) => each === method);
}
