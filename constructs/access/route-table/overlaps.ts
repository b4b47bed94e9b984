import type { Finding } from "../../core/rules";
import { priorityOf } from "./render";
import type { Route } from "./route";

/**
 * Rows that stand in each other's way. A table must say for every request who may send it, and say it once:
 *
 * - two rows that match the same requests must not be of different classes, nor lead to different places;
 * - where one row's prefix contains another row, the one that wins must not win everywhere: a gated row below a public
 *   prefix would never be asked, and so be open.
 */
export function checkOverlaps(routes: readonly Route[]): Finding[] {
  return routes.flatMap((first, index) =>
    routes.slice(index + 1).flatMap((second) => {
      if (!meet(first, second)) return [];
      const [above, below] = priorityOf(first) >= priorityOf(second) ? [first, second] : [second, first];
      if (isSame(first, second)) return [ambiguous(first, second)];
      if (priorityOf(above) === priorityOf(below) && overlap(above, below)) return [ambiguous(first, second)];
      return contains(above, below) ? [hidden(above, below)] : [];
    }),
  );
}

function ambiguous(first: Route, second: Route): Finding {
  return {
    problem: `routes ${first.name} (${first.class}) and ${second.name} (${second.class}) match the same requests`,
    value: first.path,
    fix: "Keep one of them, or split them by methods or path.",
  };
}

function hidden(above: Route, below: Route): Finding {
  return {
    problem: `route ${below.name} (${below.class}) never gets a request: ${above.name} (${above.class}) wins wherever it matches`,
    value: below.path,
    fix: `Narrow ${above.name} to the paths that are ${above.class}, or remove ${below.name}.`,
  };
}

/** Whether one path and method is matched by both. */
function meet(first: Route, second: Route): boolean {
  return shareMethods(first, second) && overlap(first, second);
}

function overlap(first: Route, second: Route): boolean {
  return covers(first, second) || covers(second, first);
}

/** Whether every request of `inner` is one of `outer`. */
function contains(outer: Route, inner: Route): boolean {
  const methods = outer.methods;
  const all = methods === undefined || (inner.methods?.every((method) => methods.includes(method)) ?? false);
  return all && covers(outer, inner);
}

/** Whether every path of `inner` is one of `outer`. */
function covers(outer: Route, inner: Route): boolean {
  if (outer.match === "exact") return inner.match === "exact" && inner.path === outer.path;
  const root = outer.path.endsWith("/") ? outer.path : `${outer.path}/`;
  return inner.path === outer.path || inner.path.startsWith(root);
}

function isSame(first: Route, second: Route): boolean {
  return first.match === second.match && first.path === second.path && shareMethods(first, second);
}

function shareMethods({ methods: first }: Route, { methods: second }: Route): boolean {
  return first === undefined || second === undefined || first.some((method) => second.includes(method));
}
