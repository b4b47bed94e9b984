import type { RouteTableProps } from "../../../../constructs/access/route-table";
import { tablesOf } from "./program";
import type { World } from "./world";

/** What these tests know of a row. A new property is a new promise, and needs a test of its own. */
const KNOWN = [
  "name",
  "path",
  "match",
  "methods",
  "class",
  "backend",
  "stripPrefix",
  "rateLimit",
  "maxBodyBytes",
  "gate",
];

/** Every row that the program renders anywhere is one that was tried in one of the worlds. */
export function completenessTests(worlds: readonly World[]): void {
  describe("the tables", () => {
    const tables = worlds.flatMap(({ rendered }) => rendered.tables);
    const tried = new Set(tables.flatMap(rowsOf));

    test.each(["acme", "minimal"] as const)("of %s have no row that was not tried", (example) => {
      const untried = tablesOf(example)
        .flatMap(rowsOf)
        .filter((row) => !tried.has(row));
      expect(untried).toEqual([]);
    });

    test("say nothing of a row that no test knows", () => {
      const said = tables.flatMap(({ routes }) => routes.flatMap((row) => Object.keys(row)));
      expect([...new Set(said)].filter((name) => !KNOWN.includes(name))).toEqual([]);
    });

    test("have rows of every class", () => {
      const classes = new Set(tables.flatMap(({ routes }) => routes.map((row) => row.class)));
      expect([...classes].sort()).toEqual(["denied", "gated", "machine", "public"]);
    });
  });
}

/** What a row says, wherever it is: hosts, namespaces and clusters differ. */
function rowsOf({ entryPoint, routes, backendTls }: RouteTableProps): string[] {
  return routes.map((row) =>
    JSON.stringify([entryPoint, backendTls !== undefined, Object.entries(row).sort(([a], [b]) => a.localeCompare(b))]),
  );
}
