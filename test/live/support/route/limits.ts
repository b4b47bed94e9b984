import { confirmed } from "./confirmed";
import { isOpen, type OpenRoute } from "./expected";
import { limitDeviations } from "./measure";
import { limitedOf } from "./measure/limited";
import { sendAgain } from "./send-again";
import type { World } from "./world";

/** A busy machine may have to measure again and again. */
const LONGEST_MS = 300_000;

/** What a row says of how much may come is what Traefik lets through. */
export function limitTests(world: World): void {
  const { tables } = world.rendered;
  const limited = limitedOf(tables).map((each) => ({ name: `${each.method} ${each.table.host}${each.path}`, ...each }));
  const sized = tables.flatMap((table) =>
    table.routes.flatMap((row) =>
      isOpen(row) && row.maxBodyBytes !== undefined
        ? [{ name: `${table.host}${row.path}`, table, row, bytes: row.maxBodyBytes }]
        : [],
    ),
  );

  describe("limits", () => {
    test.each(limited)(
      "$name lets through what its row says, of each client for itself",
      async (each) => {
        expect(await confirmed(() => limitDeviations(world, each))).toEqual([]);
      },
      LONGEST_MS,
    );

    describe.each(sized)("$name", ({ table, row, bytes }) => {
      const send = async (size: number, chunked: boolean) => {
        const request = { host: table.host, path: row.path, method: sender(row) };
        // Who refuses a large body may end the connection before all of it was sent.
        const answer = await sendAgain(world.visit(table), { ...request, body: Buffer.alloc(size, "x"), chunked });
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
}

/** A method with which a row takes a body. */
function sender({ methods = ["POST"] }: OpenRoute): string {
  return methods.find((method) => ["POST", "PUT", "PATCH"].includes(method)) ?? "POST";
}
