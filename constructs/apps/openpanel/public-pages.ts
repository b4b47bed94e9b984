import type { HttpMethod, Route, RouteBackend } from "../../access/route-table";
import { PORT, workload } from "./names";
import type { OpenPanelFeatures } from "./settings";

const API: RouteBackend = { service: workload("api"), port: PORT };
const DASHBOARD: RouteBackend = { service: workload("dashboard"), port: PORT };

type Limit = { readonly average: number; readonly burst: number };

/** A page makes about a dozen calls, and as many again whenever its period is changed. */
const PAGES: Limit = { average: 20, burst: 100 };
/** A page loads its code in up to a few hundred pieces. */
const FILES: Limit = { average: 100, burst: 500 };
/** Passwords and tokens can be tried here. */
const GUESSES: Limit = { average: 1, burst: 10 };
/** A password or a token with an address. */
const SMALL_BODY_BYTES = 16 * 1024;

/**
 * Pages that are open to everyone once their switch is on, with exactly the calls that they make. The dashboard's
 * client sends each call alone (`httpLink`), so each procedure is a path of its own; the procedures below check the
 * share themselves.
 *
 * Two calls of these pages stay closed: `reference.getChartReferences` asks neither for a session nor for a share, and
 * icons of sites (`/misc/favicon`) make the server fetch any address. The pages do without.
 *
 * @see https://github.com/Openpanel-dev/openpanel/tree/main/packages/trpc/src/routers
 */
export function publicPages({
  sharedDashboards = false,
  widgets = false,
  liveVisitors = false,
  unsubscribe = false,
}: OpenPanelFeatures): Route[] {
  return [
    ...(sharedDashboards || widgets || unsubscribe ? everyPage() : []),
    ...(sharedDashboards ? shares() : []),
    ...(widgets ? embedded() : []),
    ...(unsubscribe ? unsubscribing() : []),
    ...(liveVisitors ? [presence()] : []),
  ];
}

/**
 * What every page of the dashboard loads. Its functions are addressed by hashes of a build, so only their prefix can
 * be named; those that answer to GET give back public variables and the visitor's own cookies.
 */
function everyPage(): Route[] {
  return [
    page("assets", "/assets", "prefix", FILES),
    page("favicon", "/favicon.ico", "exact", FILES),
    page("logo", "/logo.svg", "exact", FILES),
    page("server-functions", "/_serverFn", "prefix", PAGES, ["GET"]),
    query("auth.session"),
  ];
}

function shares(): Route[] {
  const kinds = ["overview", "dashboard", "report"].map((kind) =>
    page(`share-${kind}`, `/share/${kind}`, "prefix", PAGES),
  );
  return [...kinds, ...SHARED.map(query), mutation("auth.signInShare")];
}

function embedded(): Route[] {
  const pages = ["realtime", "counter", "badge"].map((kind) =>
    page(`widget-${kind}`, `/widget/${kind}`, "exact", PAGES),
  );
  return [...pages, ...["widget.realtimeData", "widget.counter", "widget.badge"].map(query)];
}

function unsubscribing(): Route[] {
  return [page("unsubscribe", "/unsubscribe", "exact", PAGES), mutation("email.unsubscribe")];
}

/** It tells everyone who knows the id of a project how many visitors it has; a project's id is in every site it counts. */
function presence(): Route {
  return { ...api("live-visitors", "/live/visitors", "prefix", ["GET"]), rateLimit: PAGES };
}

/** Procedures behind shared overviews, dashboards and reports. */
const SHARED = [
  ...["overview", "dashboard", "dashboardReports", "report"].map((name) => `share.${name}`),
  ...["liveVisitors", "liveData", "stats", "getReferrerSpikes", "topPages", "topGeneric", "topGenericSeries"].map(
    (name) => `overview.${name}`,
  ),
  ...["userJourney", "topEvents", "topConversions", "topLinkOut", "map"].map((name) => `overview.${name}`),
  ...["chart", "aggregate", "conversion", "funnel", "cohort"].map((name) => `chart.${name}`),
];

function page(
  name: string,
  path: string,
  match: Route["match"],
  rateLimit: Limit,
  methods: readonly HttpMethod[] = ["GET", "HEAD"],
): Route {
  return { name, path, match, methods, class: "public", backend: DASHBOARD, rateLimit };
}

function query(procedure: string): Route {
  return { ...call(procedure, "GET"), rateLimit: PAGES };
}

function mutation(procedure: string): Route {
  return { ...call(procedure, "POST"), rateLimit: GUESSES, maxBodyBytes: SMALL_BODY_BYTES };
}

function call(procedure: string, method: HttpMethod) {
  return api(`call-${procedure.replace(".", "-").toLowerCase()}`, `/trpc/${procedure}`, "exact", [method]);
}

function api(name: string, path: string, match: Route["match"], methods: readonly HttpMethod[]) {
  return { name, path: `/api${path}`, match, methods, class: "public", backend: API, stripPrefix: "/api" } as const;
}
