import { behind, expectedOf } from "./expected";
import { probe, wordsOf } from "./probe";
import { asServed, mostGenerous, rowsOf, spellings, variants } from "./tricks";
import type { World } from "./world";

/** However a path is spelled, it opens nothing that its plain spelling does not open. */
export function pathTests(world: World): void {
  const { application } = world;
  const open = rowsOf(application, "public").filter(({ match }) => match === "exact");
  const shut = [...rowsOf(application, "denied"), ...rowsOf(application, "gated")].map(({ path }) => path);
  const places = [...shut, "/api/trpc/project.list", "/settings"];

  /** What arrived of a request at somebody behind, where it was not what a public row leads to. */
  async function strayed(
    requests: readonly { readonly path: string; readonly method: string }[],
    cookie = "",
  ): Promise<string[]> {
    const client = world.visit(application);
    const allowed = new Set(open.map((row) => mostGenerous(behind(row, row.path))));
    const done = await Promise.all(
      requests.map(async (request) => ({
        request,
        result: await probe(world, client, { host: application.host, ...request, headers: { cookie } }),
      })),
    );
    return done.flatMap(({ request, result }) => {
      const wrong = result.received.filter(({ path }) => !allowed.has(mostGenerous(path)));
      return wrong.length === 0 ? [] : [`${request.method} ${request.path}: ${wordsOf(result, world)}`];
    });
  }

  describe("spellings of a path", () => {
    test.each(open.map((row) => ({ path: row.path, row })))("$path leads to nothing beside itself", async ({ row }) => {
      const [method = "GET"] = row.methods ?? [];
      const tried = places.flatMap((place) => spellings(row.path, place));
      expect(await strayed(tried.map((path) => ({ method, path })))).toEqual([]);
    });

    test.each(places)("%s stays shut however it is spelled", async (place) => {
      const tried = [...variants(place), ...variants(`${place}/x`)].flatMap((path) => [
        { method: "GET", path },
        { method: "POST", path },
      ]);
      expect(await strayed(tried)).toEqual([]);
    });

    test.each(rowsOf(application, "denied").map(({ path }) => path))("%s is refused to a member, too", async (path) => {
      const denied = rowsOf(application, "denied").map((row) => row.path.replace(/^\/api/, ""));
      const cookie = await world.member(application);
      const client = world.visit(application);
      const requests = variants(path).map((each) => ({ host: application.host, path: each, headers: { cookie } }));
      const done = await Promise.all(requests.map((request) => probe(world, client, request)));
      const reached = done.flatMap(({ received }) => received.map((each) => asServed(each.path)));
      expect(reached.filter((each) => denied.some((below) => each === below || each.startsWith(`${below}/`)))).toEqual(
        [],
      );
    });

    // What one server decodes the next may decode again.
    test.each(["%00", "%5c", "%3b", "%252f"])("%s is refused at the door", async (text) => {
      const request = { host: application.host, path: `/a${text}b` };
      const { answer } = await probe(world, world.visit(application), request);
      expect(answer.status).toBe(400);
    });

    test("a plain spelling that only needs cleaning is served", async () => {
      const [row] = open;
      const request = { host: application.host, path: `/x/..${row?.path}`, method: row?.methods?.[0] ?? "GET" };
      expect((await probe(world, world.visit(application), request)).received).toHaveLength(1);
    });

    test("the name of a host opens nothing when it is spelled differently", async () => {
      const { host } = application;
      const client = world.visit(application);
      const spelled = [
        host.toUpperCase(),
        `${host}.`,
        `${host}:443`,
        `${host}:8443`,
        `x.${host}`,
        "localhost",
        "127.0.0.1",
      ];
      const done = await Promise.all(
        spelled.map((name) => probe(world, client, { host, path: "/dashboard", headers: {}, asHost: name })),
      );
      expect(done.flatMap(({ received }) => received)).toEqual([]);
    });

    test("the TLS name of a public host opens no gated one", async () => {
      const { host } = world.table((table) => table.routes.some((row) => row.class === "public" && row.path === "/"));
      const client = world.visit(application);
      const done = await probe(world, client, { host, path: "/dashboard", asHost: application.host });
      expect(done.received).toEqual([]);
      expect(expectedOf(application, "GET", "/dashboard").outcome).toBe("gated");
    });

    test("a whole address in place of a path is one of its own host", async () => {
      const client = world.visit(application);
      const { host } = world.table((table) => table.routes.some((row) => row.class === "public" && row.path === "/"));
      const done = await probe(world, client, { host, path: `http://${application.host}/dashboard` });
      expect(done.received.filter(({ by }) => by.includes("op-"))).toEqual([]);
    });
  });
}
