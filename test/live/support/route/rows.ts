import type { Route } from "../../../../constructs/access/route-table";
import { expectedOf, METHODS, rowFor, samplesOf } from "./expected";
import { expectedWords, linesOf, type Visitor } from "./probe";
import type { World } from "./world";

const ACCEPTED: Readonly<Record<Visitor, string>> = {
  browser: "text/html,application/xhtml+xml,*/*;q=0.8",
  // What `fetch` sends by itself.
  script: "*/*",
  member: "text/html,application/xhtml+xml,*/*;q=0.8",
};

const VISITORS: readonly (readonly [string, Visitor])[] = [
  ["a browser without a session", "browser"],
  ["a script without a session", "script"],
  ["a member of the gate's groups", "member"],
];

/** Who gets in, who is sent to the login, who is refused: row by row, method by method. */
export function rowTests(world: World): void {
  describe.each(world.rendered.tables.map((table) => ({ host: table.host, table })))("$host", ({ table }) => {
    describe.each(table.routes.map((row) => ({ name: nameOf(row), row })))("$name", ({ row }) => {
      test("some request belongs to it", () => {
        const own = samplesOf(row).some((path) => METHODS.some((method) => rowFor(table, method, path) === row));
        expect(own).toBe(true);
      });

      test.each(VISITORS)("%s", async (_name, visitor) => {
        const cookie = visitor === "member" ? await world.member(table) : forgedCookies(world);
        const tried = samplesOf(row).flatMap((path) => METHODS.map((method) => ({ method, path })));
        const headers = { accept: ACCEPTED[visitor], cookie };
        const lines = await linesOf(
          world,
          table,
          tried.map((request) => ({ ...request, headers })),
        );
        expect(lines).toEqual(
          tried.map(
            ({ method, path }) =>
              `${method} ${path}: ${expectedWords(expectedOf(table, method, path), method, visitor)}`,
          ),
        );
      });
    });
  });
}

/** Cookies that look like those of the gates. */
export function forgedCookies(world: World): string {
  return [...world.rendered.gates.map(({ name }) => world.cookieOf(name)), "session"]
    .map((name) => `${name}=forged`)
    .join("; ");
}

function nameOf(row: Route): string {
  return `${row.class} ${row.methods?.join(",") ?? "*"} ${row.path}${row.match === "prefix" ? "*" : ""}`;
}
