import type { RouteTableProps } from "../../../../constructs/access/route-table";
import type { Request } from "../../../../sandbox/live/traffic";
import { isOpen, type OpenRoute } from "./expected";
import type { World } from "./world";

/** What a row says of how much may come is what Traefik lets through. */
export function limitTests(world: World): void {
  const rows = world.rendered.tables.flatMap((table) =>
    table.routes.flatMap((row) => (isOpen(row) ? [{ name: `${table.host}${row.path}`, table, row }] : [])),
  );

  describe("limits", () => {
    describe.each(rows.flatMap((each) => limitedRate(each)))("$name", ({ table, row, rate: { average, burst } }) => {
      test("lets a burst through, then no more than its rate", async () => {
        const began = Date.now();
        const statuses = await flood(table, row, burst * 2 + 50, world.address());
        const through = statuses.filter((status) => status !== 429).length;
        const seconds = (Date.now() - began) / 1000;
        expect(through).toBeGreaterThanOrEqual(burst);
        // What came meanwhile, and one more for the moment before the first.
        expect(through).toBeLessThanOrEqual(burst + Math.ceil(average * seconds) + 1);
        expect(statuses).toContain(429);
      });

      test("counts each client for itself, whatever he says of his address", async () => {
        const busy = world.address();
        await flood(table, row, burst * 2 + 50, busy);
        const [other] = await flood(table, row, 1, world.address());
        const forging = await flood(table, row, 20, busy, { "x-forwarded-for": world.address() });
        expect(other).not.toBe(429);
        expect(forging).toContain(429);
      });
    });

    describe.each(rows.flatMap((each) => limitedBody(each)))("$name", ({ table, row, bytes }) => {
      const send = async (size: number, chunked: boolean) => {
        const request = { ...asked(table, row, sender(row)), body: Buffer.alloc(size, "x"), chunked };
        const answer = await world.visit(table).send(request);
        return [answer.status, world.received(answer).length];
      };

      test("takes a body of its limit", async () => expect(await send(bytes, false)).toEqual([200, 1]));
      test.each([
        ["says how long it is", false],
        ["does not say how long it is", true],
      ])("refuses one byte more that %s", async (_name, chunked) => {
        expect(await send(bytes + 1, chunked)).toEqual([413, 0]);
      });
    });

    test("of every row without a gate that takes what is posted, both are there", () => {
      const posted = world.application.routes.flatMap((row) =>
        isOpen(row) && (row.methods === undefined || row.methods.includes("POST")) ? [row] : [],
      );
      const open = posted.filter(
        ({ rateLimit, maxBodyBytes }) => rateLimit === undefined || maxBodyBytes === undefined,
      );
      expect(open.map(({ path }) => path)).toEqual([]);
    });
  });

  function asked(
    { host }: RouteTableProps,
    { path, methods }: OpenRoute,
    method: string = methods?.[0] ?? "GET",
  ): Request {
    return { host, path, method };
  }

  /** A method with which a row takes a body. */
  function sender({ methods = ["POST"] }: OpenRoute): string {
    return methods.find((method) => ["POST", "PUT", "PATCH"].includes(method)) ?? "POST";
  }

  async function flood(
    table: RouteTableProps,
    row: OpenRoute,
    count: number,
    address: string,
    headers: Record<string, string> = {},
  ): Promise<number[]> {
    const client = world.visit(table, address);
    const sent = Array.from({ length: count }, () => client.send({ ...asked(table, row), headers }));
    return (await Promise.all(sent)).map(({ status }) => status);
  }
}

interface Row {
  readonly name: string;
  readonly table: RouteTableProps;
  readonly row: OpenRoute;
}

function limitedRate(each: Row) {
  return each.row.rateLimit === undefined ? [] : [{ ...each, rate: each.row.rateLimit }];
}

function limitedBody(each: Row) {
  return each.row.maxBodyBytes === undefined ? [] : [{ ...each, bytes: each.row.maxBodyBytes }];
}
