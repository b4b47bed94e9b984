import { expectedOf, samplesOf } from "./expected";
import { probe } from "./probe";
import { forgedCookies } from "./rows";
import type { World } from "./world";

/** A WebSocket is opened for whom a page would be shown, and for nobody else. */
export function webSocketTests(world: World): void {
  describe.each(world.rendered.tables.map((table) => ({ host: table.host, table })))(
    "a WebSocket of $host",
    ({ table }) => {
      const tried = table.routes
        .map((row) => samplesOf(row).at(-1) ?? row.path)
        .map((path) => ({ path, expected: expectedOf(table, "GET", path) }));
      const ask = async (path: string, cookie: string) =>
        probe(world, world.visit(table), {
          host: table.host,
          path,
          upgrade: true,
          headers: { cookie, origin: `https://${table.host}` },
        });

      test.each(tried)("on $path is opened without a session only where no gate is", async ({ path, expected }) => {
        const { answer, received } = await ask(path, forgedCookies(world));
        const passes = expected.outcome === "passes";
        // A page would be sent to the login, which a WebSocket can't follow.
        const status = { passes: 101, gated: 401, refused: 403, nothing: 404 }[expected.outcome];
        expect([answer.status, received.length]).toEqual([status, passes ? 1 : 0]);
      });

      test("is opened for a member wherever a gate is", async () => {
        const cookie = await world.member(table);
        const gated = tried.filter(({ expected }) => expected.outcome === "gated");
        const done = await Promise.all(gated.map(({ path }) => ask(path, cookie)));
        const seen = done.map(({ answer, asked, received }) => [answer.status, asked.length, received.length]);
        expect(seen).toEqual(gated.map(() => [101, 1, 1]));
      });
    },
  );
}
