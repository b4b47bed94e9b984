import fc from "fast-check";
import { fulfils, parseRule } from "../../cli/smoke/program/rule";
import type { HttpMethod, Route, RouteClass } from "../../constructs/access/route-table";
import { checkOverlaps } from "../../constructs/access/route-table/overlaps";
import { ingressRoute } from "../../constructs/access/route-table/render";
import { isJsonObject } from "../../constructs/core/json";
import { clusterStack, testApp } from "../helpers/program";
import { BASE, HOST } from "./support";

/** Tables and requests over a few words, so that most rows meet; whatever is said here holds wherever the rows stand. */
const WORDS = ["a", "ab", "a/b", "a/b/c", "b"];
const METHODS: readonly HttpMethod[] = ["GET", "POST", "DELETE"];
/** Highest first. */
const CLASSES: readonly RouteClass[] = ["denied", "public", "machine", "gated"];

const path = fc.oneof(
  fc.constant("/"),
  fc.constantFrom(...WORDS).map((word) => `/${word}`),
  fc.constantFrom(...WORDS).map((word) => `/${word}/`),
);
const row = fc.record({
  path,
  kind: fc.constantFrom(...CLASSES),
  match: fc.constantFrom("exact", "prefix"),
  methods: fc.option(fc.uniqueArray(fc.constantFrom(...METHODS), { minLength: 1 }), { nil: undefined }),
  gate: fc.constantFrom("main", "staff"),
  service: fc.constantFrom("web", "api"),
});
const generated = fc
  .array(row, { minLength: 1, maxLength: 5 })
  .map((rows) => rows.map((each, index) => routeOf({ ...each, name: `row-${index}` })));

type Generated = typeof row extends fc.Arbitrary<infer T> ? T : never;

function routeOf({ name, path, match, methods, kind, gate, service }: Generated & { readonly name: string }): Route {
  const base = { name, path, match: match === "exact" ? "exact" : "prefix", ...(methods && { methods }) } as const;
  const backend = { service, port: 80 };
  if (kind === "denied") return { ...base, class: kind };
  return kind === "gated" ? { ...base, class: kind, gate, backend } : { ...base, class: kind, backend };
}

interface Request {
  readonly path: string;
  readonly method: string;
  readonly accept: string;
}

const ACCEPTS = ["text/html,application/xhtml+xml", "application/json"];
const REQUESTS: readonly Request[] = ["/", "/c", ...WORDS.flatMap((word) => [`/${word}`, `/${word}/`, `/${word}/x`])]
  .flatMap((each) => [...METHODS, "OPTIONS", "HEAD"].map((method) => ({ path: each, method })))
  .flatMap((each) => ACCEPTS.map((accept) => ({ ...each, accept })));

/** What a table says, read from its rows alone: the class first, then the longer path, then the exact one. */
function rowsOf(routes: readonly Route[], { path: asked, method }: Request): Route[] {
  const rank = ({ class: kind, path: own, match }: Route) => [
    CLASSES.indexOf(kind),
    -own.length,
    match === "exact" ? 0 : 1,
  ];
  const matching = routes.filter(({ path: own, match, methods }) => {
    const below = match === "prefix" && asked.startsWith(own.endsWith("/") ? own : `${own}/`);
    // Who may send a method may ask whether he may.
    const taken = methods === undefined || method === "OPTIONS" || methods.some((each) => each === method);
    return taken && (asked === own || below);
  });
  const ranks = matching
    .map((each) =>
      rank(each)
        .map((part) => part + 1000)
        .join("/"),
    )
    .sort();
  return matching.filter(
    (each) =>
      rank(each)
        .map((part) => part + 1000)
        .join("/") === ranks[0],
  );
}

interface Rule {
  readonly match: string;
  readonly read: ReturnType<typeof parseRule>;
  readonly priority: number;
  readonly treatment: string;
}

function rendered(routes: readonly Route[]): Rule[] {
  const { target } = clusterStack(testApp());
  const json: unknown = JSON.parse(JSON.stringify(ingressRoute({ ...BASE, target, routes })));
  const spec = isJsonObject(json) ? json.spec : undefined;
  const rules = isJsonObject(spec) && Array.isArray(spec.routes) ? spec.routes.filter(isJsonObject) : [];
  return rules.map(({ match, priority, middlewares = [], services = [] }) => ({
    match: String(match),
    read: parseRule(String(match)),
    priority: Number(priority),
    treatment: JSON.stringify([middlewares, services]),
  }));
}

/** The rules that Traefik would take for a request: all of those that match with the highest priority. */
function winners(rules: readonly Rule[], { path: asked, method, accept }: Request): Rule[] {
  const matching = rules.filter(({ read }) => fulfils({ host: HOST, path: asked, method, headers: { accept } }, read));
  const highest = Math.max(...matching.map(({ priority }) => priority));
  return matching.filter(({ priority }) => priority === highest);
}

/** The gate that a row's request asks, and where it leads, as names of objects. */
function treatmentOf(route: Route, { method, accept }: Request) {
  if (route.class === "denied") return { gate: "none", denied: true, service: "noop@internal" };
  const visit = accept.includes("text/html") ? "gate" : "gate-scripts";
  const gate = route.class === "gated" && method !== "OPTIONS" ? `app-${visit}-${route.gate}` : "none";
  return { gate, denied: false, service: route.backend.service };
}

function treated({ treatment }: Rule) {
  return {
    gate: /app-gate[a-z-]*/.exec(treatment)?.[0] ?? "none",
    denied: treatment.includes("app-deny"),
    service: /"name":"([a-z@]+)","port"|"(noop@internal)"/.exec(treatment)?.slice(1).find(Boolean),
  };
}

const accepted = generated.filter((routes) => checkOverlaps(routes).length === 0);

test("the generator makes tables of both kinds, and accepted ones with several classes", () => {
  const tables = fc.sample(generated, { numRuns: 400, seed: 1 });
  const good = tables.filter((routes) => checkOverlaps(routes).length === 0);
  expect(good.length).toBeGreaterThan(100);
  expect(tables.length - good.length).toBeGreaterThan(50);
  expect(good.filter((routes) => new Set(routes.map((each) => each.class)).size > 2).length).toBeGreaterThan(5);
});

test("where no row is in another's way, Traefik has one answer to every request, and the table's order gives it", () => {
  fc.assert(
    fc.property(accepted, (routes) => {
      const rules = rendered(routes);
      for (const request of REQUESTS) {
        const said = rowsOf(routes, request).map((route) => treatmentOf(route, request));
        const done = winners(rules, request).map(treated);
        expect({ request, done: [...new Set(done.map((each) => JSON.stringify(each)))] }).toEqual({
          request,
          done: [...new Set(said.map((each) => JSON.stringify(each)))],
        });
        expect(new Set(done.map((each) => JSON.stringify(each))).size).toBeLessThan(2);
      }
    }),
    { numRuns: 150 },
  );
});

test("where no row is in another's way, at most one row answers, but for what asks nobody", () => {
  fc.assert(
    fc.property(accepted, (routes) => {
      for (const request of REQUESTS) {
        const rows = rowsOf(routes, request);
        if (request.method !== "OPTIONS") expect(rows.length).toBeLessThan(2);
        expect(new Set(rows.map((each) => JSON.stringify(treatmentOf(each, request)))).size).toBeLessThan(2);
      }
    }),
    { numRuns: 300 },
  );
});

test("where no row is in another's way, every row gets each of its own methods at its own path", () => {
  fc.assert(
    fc.property(accepted, (routes) => {
      for (const route of routes) {
        for (const method of route.methods ?? METHODS) {
          const own = rowsOf(routes, { path: route.path, method, accept: "" });
          // A row for the path alone may take the path itself from a prefix; below it the prefix is asked.
          const below = rowsOf(routes, { path: `${route.path.replace(/\/$/, "")}/x`, method, accept: "" });
          const alive = own.includes(route) || (route.match === "prefix" && below.includes(route));
          expect({ route: route.name, method, alive }).toEqual({ route: route.name, method, alive: true });
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("what is refused is so for a reason: some request would be answered in two ways, or a row would go without one", () => {
  fc.assert(
    fc.property(
      generated.filter((routes) => checkOverlaps(routes).length > 0),
      (routes) => {
        const ambiguous = REQUESTS.some((request) => rowsOf(routes, request).length > 1);
        const robbed = routes.some((route) =>
          (route.methods ?? [...METHODS, "HEAD"]).some((method) =>
            routes.some(
              (other) =>
                CLASSES.indexOf(other.class) < CLASSES.indexOf(route.class) &&
                rowsOf([other], { path: route.path, method, accept: "" }).length > 0,
            ),
          ),
        );
        // Several rows may take everything of a wider one together.
        const idle = routes.some((route) =>
          (route.methods ?? [...METHODS, "HEAD"]).some((method) =>
            REQUESTS.every((request) => request.method !== method || !rowsOf(routes, request).includes(route)),
          ),
        );
        expect({ ambiguous, robbed, idle }).not.toEqual({ ambiguous: false, robbed: false, idle: false });
      },
    ),
    { numRuns: 300 },
  );
});

test("a rule that names no host would be read as one, so every rule begins with the table's own", () => {
  fc.assert(
    fc.property(generated, (routes) => {
      for (const { match } of rendered(routes)) expect(match.startsWith(`Host(\`${HOST}\`) && `)).toBe(true);
    }),
    { numRuns: 50 },
  );
});
