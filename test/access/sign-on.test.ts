import type { Route } from "../../constructs/access/route-table";
import { type SignOn, signOnFindings } from "../../constructs/access/sign-on";

const BACKEND = { service: "web", port: 80 };
const PAGES: Route = { name: "pages", class: "gated", gate: "main", path: "/", match: "prefix", backend: BACKEND };
const TRACK: Route = { name: "track", class: "public", path: "/track", match: "exact", backend: BACKEND };
const METRICS: Route = { name: "metrics", class: "denied", path: "/metrics", match: "prefix" };
const HOOK: Route = { name: "hook", class: "machine", path: "/hook", match: "exact", backend: BACKEND };

const GATED: SignOn = { kind: "gated", gate: "main" };
const NATIVE: SignOn = { kind: "native", client: "grafana-platform" };

test("an application behind a gate may have rows of every class", () => {
  expect(signOnFindings(GATED, [PAGES, TRACK, METRICS, HOOK])).toEqual([]);
});

test("an application that signs people on itself may have rows of every class but gated", () => {
  expect(signOnFindings(NATIVE, [TRACK, METRICS, HOOK])).toEqual([]);
});

test("a gated row of an application that signs people on itself is refused: people would sign on twice", () => {
  expect(signOnFindings(NATIVE, [TRACK, PAGES])).toEqual([
    {
      problem:
        "route pages (/) stands behind gate main, and its application signs people on itself, as client grafana-platform",
      fix: "Make the route public, machine or denied, or let the gate sign people on and drop the client.",
    },
  ]);
});

test("a table without a gated row is refused where a gate is to sign people on: it would stand open", () => {
  expect(signOnFindings(GATED, [TRACK, METRICS])).toEqual([
    {
      problem: "gate main is to sign people on, and no route stands behind it",
      fix: "Make the routes of people gated by main, or declare how the application signs them on itself.",
    },
  ]);
});

test("an empty table is refused too", () => {
  expect(signOnFindings(GATED, [])).toHaveLength(1);
});

test("a row behind another gate is refused, naming both", () => {
  expect(signOnFindings(GATED, [PAGES, { ...PAGES, name: "admin", path: "/admin", gate: "operators" }])).toEqual([
    {
      problem: "route admin (/admin) stands behind another gate than main, which is to sign people on",
      value: "operators",
      fix: "Name gate main in the route, or sign on at operators.",
    },
  ]);
});

test("every row that contradicts is told, not the first alone", () => {
  expect(signOnFindings(NATIVE, [PAGES, { ...PAGES, name: "admin", path: "/admin" }])).toHaveLength(2);
});
