import { gatePath } from "../../../../constructs/access/portal-gate";
import type { RouteTableProps } from "../../../../constructs/access/route-table";
import { TRAEFIK_NAMESPACE } from "../../../../constructs/components/traefik";
import type { JsonObject } from "../../../../constructs/core/json";
import { at, list } from "../../../helpers/releases";
import { until } from "../until";
import { METHODS, rowFor, samplesOf } from "./expected";
import { type Probe, probe, wordsOf } from "./probe";
import { gatesOf } from "./program";
import type { World } from "./world";

/** A request with how it is asked for: a page or anything else. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly accept: string;
}

const ACCEPTED = ["text/html", "*/*"];

/** A row whose middleware is not there is closed: it never opens, for nobody. */
export function missingTests(world: World): void {
  for (const table of world.gated) missingOf(world, table);
}

function missingOf(world: World, application: RouteTableProps): void {
  const { rendered } = world;
  const gates = gatesOf(application);
  const namespaces = [application.namespace, TRAEFIK_NAMESPACE, ...gates.map(({ namespace }) => namespace)];
  const own = rendered.objects.filter((object) => namespaces.includes(String(at(object, "metadata", "namespace"))));
  const rules = own
    .filter(({ kind }) => kind === "IngressRoute")
    .flatMap((object) =>
      list(at(object, "spec", "routes")).map((rule) => ({ rule, namespace: at(object, "metadata", "namespace") })),
    )
    .filter(({ rule }) => String(rule.match).includes(`\`${application.host}\``));
  const middlewares = own
    .filter(({ kind }) => kind === "Middleware")
    .map((object) => ({ name: String(at(object, "metadata", "name")), object, requests: requestsFor(object) }))
    .filter(({ requests }) => requests.length > 0);

  describe(`without the middleware of ${application.host}`, () => {
    test("every one was tried that a rule of the host names", () => {
      const named = rules.flatMap(({ rule }) => list(rule.middlewares).map(({ name }) => String(name)));
      const tried = middlewares.map(({ name }) => name);
      expect([...new Set(named)].filter((name) => !tried.includes(name))).toEqual([]);
      expect(tried).toContain("edge-sources");
    });

    test.each(middlewares)("$name its rows open for nobody", async ({ name, object, requests }) => {
      const cookie = await world.member(application);
      const client = world.visit(application);
      const ask = ({ method, path, accept }: Asked, cookies = "") =>
        probe(world, client, { host: application.host, method, path, headers: { accept, cookie: cookies } });
      const [first] = requests;
      if (first === undefined) throw new Error(`No row uses ${name}.`);
      const now = async () => {
        const answers = await Promise.all(ACCEPTED.map((accept) => ask({ ...first, accept })));
        return answers.map((answer) => wordsOf(answer, world)).join("; ");
      };
      const before = await now();
      const done = await world.traffic.objects.without(object, async () => {
        await until(async () => (await now()) !== before, 10_000);
        return {
          strangers: await Promise.all(requests.map((request) => ask(request))),
          members: await Promise.all(requests.map((request) => ask(request, cookie))),
        };
      });
      await until(async () => (await now()) === before, 10_000);
      expect(reached(done.strangers)).toEqual([]);
      expect(done.strangers.filter(({ answer }) => answer.status < 300)).toEqual([]);
      // Somebody whom a gate let in may see what a public row shows, and nobody may see what is denied.
      expect(reached(done.members.filter(({ asked }) => asked.length === 0))).toEqual([]);
      const denied = [...done.strangers, ...done.members].filter((_each, index) =>
        isDenied(requests[index % requests.length]),
      );
      expect(reached(denied)).toEqual([]);
      expect(denied.filter(({ answer }) => ![403, 404, 418].includes(answer.status))).toEqual([]);
    });
  });

  /** Requests to everything that a middleware stands before, but for preflights, which have rules of their own. */
  function requestsFor(object: JsonObject): Asked[] {
    const namespace = at(object, "metadata", "namespace");
    const name = at(object, "metadata", "name");
    const used = rules.filter(
      (each) => each.namespace === namespace && list(each.rule.middlewares).some((one) => one.name === name),
    );
    const isLogin = gates.some((gate) => gate.namespace === namespace);
    if (isLogin && used.length > 0) return asked("GET", `${gatePath(gates[0]?.name ?? "")}/auth`);
    const affected = application.routes.filter(
      (row) =>
        namespace === TRAEFIK_NAMESPACE || used.some(({ rule }) => String(rule.match).includes(`\`${row.path}\``)),
    );
    return affected.flatMap((row) =>
      METHODS.filter((method) => row.methods === undefined || row.methods.some((each) => each === method))
        .filter((method) => method !== "OPTIONS")
        .flatMap((method) => asked(method, samplesOf(row)[0] ?? row.path)),
    );
  }

  function asked(method: string, path: string): Asked[] {
    return ACCEPTED.map((accept) => ({ method, path, accept }));
  }

  function isDenied(request: Asked | undefined): boolean {
    return request !== undefined && rowFor(application, request.method, request.path)?.class === "denied";
  }
}

function reached(done: readonly Probe[]): string[] {
  return done.flatMap(({ received }) => received.map(({ by, method, path }) => `${method} ${path} at ${by}`));
}
