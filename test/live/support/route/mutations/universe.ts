import { gatePath } from "../../../../../constructs/access/portal-gate";
import type { RouteTableProps } from "../../../../../constructs/access/route-table";
import { METHODS, rowFor, samplesOf } from "../expected";

/** A request as routes tell it from others. */
export interface Question {
  readonly table: RouteTableProps;
  readonly method: string;
  readonly path: string;
  /** Whether a page is asked for; anything else is what a script sends. */
  readonly page: boolean;
}

/** What a browser says that it takes, and what `fetch` says by itself. */
export function acceptOf(page: boolean): string {
  return page ? "text/html,*/*;q=0.8" : "*/*";
}

/** Paths that no row is about. */
const ELSEWHERE = ["/", "/probe", "/settings/x", "/.well-known/x"];

/**
 * Requests on every side of every border of the tables: each row's own paths, those beside, above and below it, by every
 * method, for a page and for a script.
 */
export function questionsOf(tables: readonly RouteTableProps[]): Question[] {
  const rows = new Set(tables.flatMap(({ routes }) => routes.map(({ path }) => path)));
  return tables.flatMap((table) => {
    const inside = new Set([...table.routes.flatMap(samplesOf), ...loginsOf(table).map((path) => `${path}/auth`)]);
    const beside = new Set(pathsOf(table).filter((path) => !inside.has(path)));
    // What another host says of a path must not hold here.
    const foreign = [...rows].filter((path) => !inside.has(path) && !beside.has(path));
    const ask = (paths: Iterable<string>, ways: readonly Way[]): Question[] =>
      [...paths].flatMap((path) => ways.map(([method, page]) => ({ table, path, method, page })));
    return [...ask(inside, EVERY), ...ask(beside, BORDER), ...ask(foreign, FOREIGN)];
  });
}

/** A method, and whether a page is asked for. */
type Way = readonly [string, boolean];

const FOREIGN: readonly Way[] = [
  ["GET", false],
  ["POST", false],
];
const BORDER: readonly Way[] = [...FOREIGN, ["GET", true], ["OPTIONS", false]];
const EVERY: readonly Way[] = [
  ...METHODS.map((method): Way => [method, false]),
  ...["GET", "POST", "OPTIONS"].map((method): Way => [method, true]),
];

/** Fewer questions that still have one of everything: each row, by whoever it tells from others, and all borders. */
export function compact(questions: readonly Question[]): Question[] {
  return questions.filter(({ table, method, path, page }) => {
    const row = rowFor(table, method, path) ?? rowFor(table, "GET", path);
    const inside = row !== undefined && samplesOf(row).includes(path);
    if (!inside) return method === "GET" && !page && pathsOf(table).includes(path);
    return [row.methods?.[0] ?? "GET", "OPTIONS"].includes(method);
  });
}

/** Paths of a table, and of the logins that stand beside its rows. */
function pathsOf(table: RouteTableProps): string[] {
  const rows = table.routes.flatMap((row) => [...samplesOf(row), ...besides(row.path)]);
  const logins = loginsOf(table).flatMap((path) => [`${path}/auth`, `${path}/callback`, ...besides(path)]);
  return [...new Set([...rows, ...logins, ...ELSEWHERE])];
}

/** Paths that are nearly a path. */
function besides(path: string): string[] {
  const up = path.replace(/\/?[^/]*$/, "");
  if (path === "/") return ["/probe"];
  return [`${path}x`, `${path}/x`, path.slice(0, -1), up, `${up}/x`].filter((each) => each.startsWith("/"));
}

/** Where the gates of a table serve their own pages on its host. */
export function loginsOf({ routes }: RouteTableProps): string[] {
  return [...new Set(routes.flatMap((row) => (row.class === "gated" ? [gatePath(row.gate)] : [])))];
}

/** Whether a path is one of a gate's own pages. */
export function isOfLogin({ table, path }: Pick<Question, "table" | "path">): boolean {
  return loginsOf(table).some((each) => path.startsWith(`${each}/`));
}
