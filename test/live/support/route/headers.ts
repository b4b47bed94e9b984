import type { RouteTableProps } from "../../../../constructs/access/route-table";
import { CLOUDFLARE, type Received } from "../../../../sandbox/live/traffic";
import { expectedOf, METHODS, rowFor, samplesOf } from "./expected";
import { FORGED, FORGED_ADDRESS, isForged } from "./forged";
import { OPEN_THROUGH_CLOUDFLARE, OPEN_TO_ANYBODY } from "./known-gaps";
import { probe } from "./probe";
import { MEMBER, STRANGER, type World } from "./world";

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
  return [...kinds.values()];
}

type Way = "cloudflare" | "anybody";

/** What a client says of itself does not reach who is behind. */
export function headerTests(world: World): void {
  const arrived: Record<Way, Received[]> = { cloudflare: [], anybody: [] };

  async function collect(way: Way): Promise<void> {
    for (const table of world.rendered.tables) {
      const { entryPoint, host } = table;
      if (way === "cloudflare" && entryPoint !== "edge") continue;
      const client = way === "cloudflare" ? world.visit(table) : world.traffic.direct(entryPoint, STRANGER);
      const cookie = await world.member(table);
      const done = await Promise.all(
        probesOf(table).map((each) => probe(world, client, { host, ...each, headers: { ...FORGED, cookie } })),
      );
      arrived[way].push(...done.flatMap(({ received }) => received));
    }
  }

  describe("headers that a client forges", () => {
    beforeAll(async () => {
      await collect("cloudflare");
      await collect("anybody");
    });

    describe.each([
      { name: "through Cloudflare", way: "cloudflare", gaps: OPEN_THROUGH_CLOUDFLARE },
      { name: "past Cloudflare", way: "anybody", gaps: OPEN_TO_ANYBODY },
    ] as const)("$name", ({ way, gaps }) => {
      test("every row that leads somewhere was tried", () => {
        const tables = world.rendered.tables.filter(({ entryPoint }) => way === "anybody" || entryPoint === "edge");
        const expected = tables.reduce((sum, table) => sum + probesOf(table).length, 0);
        expect(arrived[way]).toHaveLength(expected);
      });

      for (const name of Object.keys(FORGED)) {
        const verify = gaps.includes(name) ? test.failing : test;
        verify(`${name} reaches nobody`, () => expect(whoGot(arrived[way], name)).toEqual([]));
      }
    });
  });

  describe("what is said of a client", () => {
    const { application } = world;
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

    test("past Cloudflare it is the address that connected", async () => {
      const client = world.traffic.direct("edge", STRANGER);
      const { received } = await probe(world, client, { ...request, headers: { "x-forwarded-for": FORGED_ADDRESS } });
      const { headers } = received[0] ?? {};
      expect([headers?.["x-forwarded-for"], headers?.["x-real-ip"]]).toEqual([STRANGER.address, STRANGER.address]);
    });

    test("nobody but the load balancer announces a client", async () => {
      const client = world.traffic.direct("edge", { address: CLOUDFLARE, from: "127.0.0.2" });
      const { received } = await probe(world, client, { ...request, headers: { "x-forwarded-for": FORGED_ADDRESS } });
      const { headers } = received[0] ?? {};
      expect([headers?.["x-forwarded-for"], headers?.["x-real-ip"]]).toEqual(["127.0.0.2", "127.0.0.2"]);
    });
  });

  describe("what a gate says of somebody", () => {
    const { application } = world;
    const request = { host: application.host, path: "/dashboard" };
    const mine = { "x-auth-request-user": MEMBER.name, "x-auth-request-email": MEMBER.email };

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
        headers: { ...headers, cookie },
      });
      expect(received[0]?.headers).toMatchObject(mine);
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
