import { nameOf } from "../../../../sandbox/live/traffic";
import { until } from "../until";
import { expectedOf, samplesOf } from "./expected";
import { probe } from "./probe";
import { destinationsOf } from "./program";
import type { World } from "./world";

/** A Service whose pods are gone: its rows say so, and lead nowhere else. */
export function unavailableTests(world: World): void {
  const { application } = world;
  const backends = [...new Map(destinationsOf(application).map((each) => [nameOf(each), each])).values()];

  describe.each(backends.map((backend) => ({ name: nameOf(backend), backend })))(
    "without pods of $name",
    ({ name, backend }) => {
      const rows = application.routes.flatMap((row) => {
        const [path = row.path] = samplesOf(row);
        const method = row.methods?.[0] ?? "GET";
        const expected = expectedOf(application, method, path);
        return expected.outcome === "passes" || expected.outcome === "gated" ? [{ method, path, expected }] : [];
      });
      const own = rows.filter(({ expected }) => expected.by === name);

      test("its rows answer 503 to whom they would let in, and the gate still asks everybody else", async () => {
        const cookie = await world.member(application);
        const ask = (row: (typeof rows)[number], headers = {}) => {
          const { method, path } = row;
          return probe(world, world.visit(application), { host: application.host, method, path, headers });
        };
        const [first] = own;
        if (first === undefined) throw new Error(`No row leads to ${name}.`);
        const status = async () => (await ask(first, { cookie })).answer.status;
        const before = await status();
        const done = await world.traffic.withoutBackend(backend, async () => {
          await until(async () => (await status()) !== before, 10_000);
          return {
            members: await Promise.all(own.map((row) => ask(row, { cookie }))),
            strangers: await Promise.all(own.map((row) => ask(row))),
          };
        });
        await until(async () => (await status()) === before, 10_000);
        const seen = done.members.map(({ answer, received }) => [answer.status, received.length]);
        expect(seen).toEqual(own.map(() => [503, 0]));
        const strangers = done.strangers.map(({ answer, received }) => [answer.status, received.length]);
        expect(strangers).toEqual(own.map(({ expected }) => [expected.outcome === "gated" ? 401 : 503, 0]));
      });
    },
  );
}
