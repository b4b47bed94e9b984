import { isDeepStrictEqual } from "node:util";
import type { Finding } from "../../core/rules";
import { priorityOf } from "./render";
import type { HttpMethod, Route } from "./route";

/**
 * Rows that stand in each other's way. A table must say for every request who may send it, and say it once:
 *
 * - two rows that match the same requests must not be of different classes, nor lead to different places;
 * - where one row's paths contain another's, the wider one must not win, not for one method either: a gated row below a
 *   public prefix would never be asked, and so be open.
 */
export function checkOverlaps(routes: readonly Route[]): Finding[] {
  return [
    ...routes.flatMap((first, index) => routes.slice(index + 1).flatMap((second) => checkPair(first, second))),
    ...routes.flatMap((route) => checkParts(route, routes)),
  ];
}

/** A prefix is a path and what stands below it: two rows that win one part each leave nothing of it. */
function checkParts(route: Route, routes: readonly Route[]): Finding[] {
  const { path, match } = route;
  if (match !== "prefix" || path.endsWith("/")) return [];
  const above = routes.filter((other) => priorityOf(other) > priorityOf(route) && !covers(other, route));
  const winning = (part: Place) => above.filter((other) => covers(other, part));
  const inside = winning({ path: `${path}/`, match: "prefix" });
  return winning({ path, match: "exact" }).flatMap((first) =>
    inside.flatMap((second) => {
      const shared = sharedMethods(first, route);
      if (shared === "none") return [];
      const both = sharedMethods(second, shared === "all" ? route : { methods: shared });
      return both === "none" ? [] : [hidden([first, second], route, both === "all" ? shared : both)];
    }),
  );
}

function checkPair(first: Route, second: Route): Finding[] {
  const [above, below] = priorityOf(first) >= priorityOf(second) ? [first, second] : [second, first];
  const equal = priorityOf(above) === priorityOf(below);
  if (!covers(above, below) && !(equal && covers(below, above))) return [];
  const shared = sharedMethods(above, below);
  if (shared === "none")
    return equal && !isDeepStrictEqual(leadsTo(first), leadsTo(second)) ? [asked(first, second)] : [];
  return equal || isSamePlace(first, second) ? [ambiguous(first, second)] : [hidden([above], below, shared)];
}

function ambiguous(first: Route, second: Route): Finding {
  return {
    problem: `routes ${first.name} (${first.class}) and ${second.name} (${second.class}) match the same requests`,
    value: first.path,
    fix: "Keep one of them, or split them by methods or path.",
  };
}

/** Which of the two Traefik would take is not said anywhere. */
function asked(first: Route, second: Route): Finding {
  return {
    problem: `routes ${first.name} and ${second.name} (${first.class}) both answer OPTIONS, and lead to different backends`,
    value: first.path,
    fix: "Lead both to one backend, or give them different paths: a preflight request does not tell them apart.",
  };
}

function hidden(above: readonly Route[], below: Route, shared: Exclude<Shared, "none">): Finding {
  const requests = shared === "all" ? "a request" : `a request with ${shared.join(" or ")}`;
  const winners = above.map(({ name, class: kind }) => `${name} (${kind})`).join(" and ");
  const verb = above.length === 1 ? "wins" : "win";
  return {
    problem: `route ${below.name} (${below.class}) never gets ${requests}: ${winners} ${verb} wherever it matches`,
    value: below.path,
    fix: `Narrow ${above.map(({ name }) => name).join(" or ")}, or remove ${below.name}.`,
  };
}

type Place = Pick<Route, "path" | "match">;
type Methods = Pick<Route, "methods">;

/** Whether every path of `inner` is one of `outer`. */
function covers(outer: Place, inner: Place): boolean {
  if (outer.match === "exact") return inner.match === "exact" && inner.path === outer.path;
  const root = outer.path.endsWith("/") ? outer.path : `${outer.path}/`;
  return inner.path === outer.path || inner.path.startsWith(root);
}

function isSamePlace(first: Place, second: Place): boolean {
  return first.match === second.match && first.path === second.path;
}

type Shared = "all" | "none" | readonly HttpMethod[];

/** Methods of `below` that `above` takes too. */
function sharedMethods({ methods: above }: Methods, { methods: below }: Methods): Shared {
  if (above === undefined) return "all";
  if (below === undefined) return above.length === 0 ? "none" : above;
  const shared = below.filter((method) => above.includes(method));
  return shared.length === 0 ? "none" : shared.length === below.length ? "all" : shared;
}

/** What a preflight request of a row meets. */
function leadsTo(route: Route) {
  return route.class === "denied" ? undefined : { ...route.backend, prefix: route.stripPrefix };
}
