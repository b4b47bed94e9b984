import { isJsonObject, type JsonObject } from "../../../../constructs/core/json";
import { at, list } from "../../../helpers/releases";
import { until } from "../until";
import { METHODS, rowFor, samplesOf } from "./expected";
import { type Probe, probe } from "./probe";
import type { World } from "./world";

/** A row whose middleware is not there is not there either: it never opens, for nobody. */
export function missingTests(world: World): void {
  const { application, rendered } = world;
  const own = rendered.objects.filter((object) => at(object, "metadata", "namespace") === application.namespace);
  const middlewares = own
    .filter(({ kind }) => kind === "Middleware")
    .map((object) => ({ name: nameOf(object), object }));
  const rules = own
    .filter(({ kind }) => kind === "IngressRoute")
    .flatMap((object) => list(at(object, "spec", "routes")));

  describe("without the middleware", () => {
    describe.each(middlewares)("$name", ({ name, object }) => {
      const used = rules.filter((rule) => list(rule.middlewares).some((each) => each.name === name));
      // Rows whose path stands in a rule that uses it, but for the preflight of a gated row, which has a rule of its own.
      const affected = application.routes.filter((row) =>
        used.some((rule) => String(rule.match).includes(`\`${row.path}\``)),
      );
      const requests = affected.flatMap((row) =>
        samplesOf(row)
          .slice(0, 1)
          .flatMap((path) =>
            METHODS.filter((method) => row.methods === undefined || row.methods.some((each) => each === method))
              .filter((method) => method !== "OPTIONS")
              .map((method) => ({ method, path, host: application.host })),
          ),
      );

      // Traefik leaves out a row whose middleware is missing, and what it was for goes to the next row that fits.
      const verify = affected.some((row) => row.class === "denied") ? test.failing : test;
      verify("its rows open for nobody", async () => {
        const cookie = await world.member(application);
        const client = world.visit(application);
        const ask = (cookies: string) =>
          Promise.all(requests.map((request) => probe(world, client, { ...request, headers: { cookie: cookies } })));
        const [first] = requests;
        if (first === undefined) throw new Error(`No row uses ${name}.`);
        const one = async () => (await probe(world, client, first)).answer.status;
        const before = await one();
        const done = await world.traffic.objects.without(object, async () => {
          await until(async () => (await one()) !== before, 10_000);
          return { stranger: await ask(""), member: await ask(cookie) };
        });
        await until(async () => (await one()) === before, 10_000);
        expect(reached(done.stranger)).toEqual([]);
        const gone = at(object, "spec", "forwardAuth") === undefined ? [] : done.stranger;
        expect(gone.map(({ answer }) => answer.status)).toEqual(gone.map(() => 404));
        // Somebody whom a gate let in may see what a public row shows, and nobody may see what is denied.
        expect(reached(done.member.filter(({ asked }) => asked.length === 0))).toEqual([]);
        const denied = done.member.filter((_each, index) => classOf(requests[index]) === "denied");
        expect(reached(denied)).toEqual([]);
      });
    });
  });

  function classOf(request: { readonly method: string; readonly path: string } | undefined) {
    return request && rowFor(application, request.method, request.path)?.class;
  }
}

function reached(done: readonly Probe[]): string[] {
  return done.flatMap(({ received }) => received.map(({ by, method, path }) => `${method} ${path} at ${by}`));
}

function nameOf({ metadata }: JsonObject): string {
  return isJsonObject(metadata) ? String(metadata.name) : "";
}
