import type { RouteTableProps } from "../../../../constructs/access/route-table";
import { CLOUDFLARE, type Received } from "../../../../sandbox/live/traffic";
import { expectedOf, METHODS, rowFor, samplesOf } from "./expected";
import { FORGED, FORGED_ADDRESS, isForged } from "./forged";
import { MEMBER } from "./people";
import { probe } from "./probe";
import { STRANGER, type World } from "./world";

/** One request for each row and class of method: a preflight of a gated row has a route of its own. */
function probesOf(table: RouteTableProps) {
  const tried = table.routes.flatMap((row) =>
    samplesOf(row)
      .slice(0, 1)
      .flatMap((path) => METHODS.map((method) => ({ method, path }))),
  );
  const passing = tried.filter(({ method, path }) =>
    ["passes", "gated"].includes(expectedOf(table, method, path).outcome),
  );
  // One method stands for all that the row takes, and OPTIONS for itself.
  const kinds = new Map(
    passing.map((each) => [
      `${rowFor(table, each.method, each.path)?.name} ${each.path} ${each.method === "OPTIONS"}`,
      each,
    ]),
  );
  // Pages and scripts have rules of their own.
  return [...kinds.values()].flatMap((each) => ["text/html", "*/*"].map((accept) => ({ ...each, accept })));
}

/** What a client says of itself does not reach who is behind. */
export function headerTests(world: World): void {
  const { application, tables } = { application: world.application, tables: world.rendered.tables };

  const ways = [
    { name: "through Cloudflare", entryPoint: "edge" },
    { name: "without Cloudflare", entryPoint: "machine" },
  ] as const;
  const used = ways.filter(({ entryPoint }) => tables.some((table) => table.entryPoint === entryPoint));

  describe.each(used)("headers that a client forges, $name", ({ entryPoint }) => {
    const tried = tables.filter((table) => table.entryPoint === entryPoint);
    const arrived: Received[] = [];

    beforeAll(async () => {
      for (const table of tried) {
        const cookie = await world.member(table);
        const done = await Promise.all(
          probesOf(table).map(({ accept, ...each }) =>
            probe(world, world.visit(table), {
              host: table.host,
              ...each,
              headers: { ...FORGED, accept, cookie },
            }),
          ),
        );
        arrived.push(...done.flatMap(({ received }) => received));
      }
    });

    test("every row that leads somewhere was tried", () => {
      expect(arrived).toHaveLength(tried.reduce((sum, table) => sum + probesOf(table).length, 0));
    });

    test.each(Object.keys(FORGED))("%s reaches nobody", (name) => expect(whoGot(arrived, name)).toEqual([]));
  });

  describe("past Cloudflare", () => {
    const edge = tables.filter(({ entryPoint }) => entryPoint === "edge");
    const outside = [
      ["somebody", STRANGER],
      ["somebody who says that he is Cloudflare", { address: CLOUDFLARE, from: "127.0.0.2" }],
    ] as const;

    describe.each(edge.map((table) => ({ host: table.host, table })))("to $host", ({ host, table }) => {
      test.each(outside)("%s gets nowhere", async (_name, peer) => {
        const cookie = await world.member(table);
        const forged = { "x-forwarded-for": CLOUDFLARE, "x-real-ip": CLOUDFLARE, "cf-connecting-ip": CLOUDFLARE };
        const client = world.traffic.direct("edge", peer);
        const done = await Promise.all(
          probesOf(table).map(({ accept, ...each }) =>
            probe(world, client, { host, ...each, headers: { ...forged, accept, cookie } }),
          ),
        );
        const seen = done.map(({ answer, received, asked }) => [answer.status, received.length, asked.length]);
        expect(seen).toEqual(done.map(() => [403, 0, 0]));
      });
    });
  });

  describe("what is said of a client", () => {
    const [row] = application.routes.filter((each) => each.class === "public");
    const method = row?.methods?.[0] ?? "GET";
    const request = { host: application.host, path: row?.path ?? "/", method };
    test("through Cloudflare it is the address that Cloudflare saw", async () => {
      const client = world.traffic.proxied("198.51.100.77");
      const forged = { "x-forwarded-for": FORGED_ADDRESS, "cf-connecting-ip": FORGED_ADDRESS };
      const { received } = await probe(world, client, { ...request, headers: forged });
      const headers = received[0]?.headers;
      expect(headers?.["cf-connecting-ip"]).toBe("198.51.100.77");
      // Whoever counts from the right, past Cloudflare's own address, finds the client.
      expect(headers?.["x-forwarded-for"]).toBe(`${FORGED_ADDRESS}, 198.51.100.77, ${CLOUDFLARE}`);
      expect(headers?.["x-forwarded-proto"]).toBe("https");
    });
  });

  const machine = tables.filter((table) => table.entryPoint === "machine");

  for (const { host, routes } of machine) {
    describe(`what is said of a client of ${host}`, () => {
      const direct = { host, path: routes[0]?.path ?? "/" };
      const headers = { "x-forwarded-for": FORGED_ADDRESS };

      test.each([
        ["it is the address that connected", STRANGER, STRANGER.address],
        ["nobody but the load balancer announces it", { address: CLOUDFLARE, from: "127.0.0.2" }, "127.0.0.2"],
      ])("%s", async (_name, peer, address) => {
        const { received } = await probe(world, world.traffic.direct("machine", peer), { ...direct, headers });
        const said = received[0]?.headers;
        expect([said?.["x-forwarded-for"], said?.["x-real-ip"]]).toEqual([address, address]);
      });
    });
  }

  describe("what a gate says of somebody", () => {
    const request = { host: application.host, path: "/dashboard" };
    const mine = { "x-auth-request-user": MEMBER.name, "x-auth-request-email": MEMBER.email };

    describe.each(["text/html", "*/*"])("who asks for %s", (accept) => {
      test.each([
        ["alone", {}],
        ["in place of a forged name", FORGED],
        ["in place of two forged names", { "X-Auth-Request-User": ["a", "b"], "x-auth-request-email": ["a", "b"] }],
        [
          "even when the client calls it a header of its connection",
          { Connection: "X-Auth-Request-User, X-Auth-Request-Email" },
        ],
      ])("reaches the application %s", async (_name, headers) => {
        const cookie = await world.member(application);
        const { received } = await probe(world, world.visit(application), {
          ...request,
          headers: { ...headers, accept, cookie },
        });
        expect(received[0]?.headers).toMatchObject(mine);
      });
    });

    test("does not reach a public row, where the gate is not asked", async () => {
      const [open] = application.routes.filter((each) => each.class === "public");
      const cookie = await world.member(application);
      const asked = { host: application.host, path: open?.path ?? "/", method: open?.methods?.[0] ?? "GET" };
      const { received } = await probe(world, world.visit(application), { ...asked, headers: { cookie } });
      expect(received[0]?.headers).not.toHaveProperty("x-auth-request-user");
    });
  });
}

function whoGot(arrived: readonly Received[], name: string): string[] {
  const got = arrived.filter(({ headers }) => isForged(headers[name.toLowerCase()]));
  return got.map(({ by, method, path }) => `${by} ${method} ${path}`);
}
