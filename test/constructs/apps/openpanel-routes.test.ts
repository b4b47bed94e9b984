import { ROUTE_CLASSES, type Route } from "../../../constructs/access/route-table";
import { checkOverlaps } from "../../../constructs/access/route-table/overlaps";
import { openpanelRoutes } from "../../../constructs/apps/openpanel/routes";
import type { OpenPanelFeatures } from "../../../constructs/apps/openpanel/settings";
import { ALL_FEATURES, SETTINGS } from "./support/openpanel";

const routesWith = (features?: OpenPanelFeatures) => openpanelRoutes({ ...SETTINGS, ...(features && { features }) });
const CLOSED = routesWith();

/** A row on one line. */
const line = (route: Route) =>
  [route.class, ...(route.methods ?? ["ANY"]), route.match === "exact" ? route.path : `${route.path}/*`].join(" ");
const lines = (routes: readonly Route[]) => routes.map(line);

/** What a switch adds to the table, and what it takes away. */
function opened(features: OpenPanelFeatures) {
  const [before, after] = [new Set(lines(CLOSED)), new Set(lines(routesWith(features)))];
  return {
    added: [...after].filter((each) => !before.has(each)).sort(),
    removed: [...before].filter((each) => !after.has(each)).sort(),
  };
}

/** What every public page loads. */
const PAGE = [
  "public GET /_serverFn/*",
  "public GET /api/trpc/auth.session",
  "public GET HEAD /assets/*",
  "public GET HEAD /favicon.ico",
  "public GET HEAD /logo.svg",
];
const called = (method: string, procedures: readonly string[]) =>
  procedures.map((procedure) => `public ${method} /api/trpc/${procedure}`);

describe("the route table with every switch off", () => {
  test("is this, and nothing else", () => {
    expect(lines(CLOSED)).toEqual([
      "denied ANY /api/metrics/*",
      "denied ANY /api/documentation/*",
      "denied ANY /api/healthcheck/*",
      "denied ANY /api/healthz/*",
      "denied ANY /api/tools/*",
      "denied ANY /api/misc/ping/*",
      "denied ANY /api/misc/stats/*",
      "denied ANY /api/misc/og/clear/*",
      "denied ANY /api/misc/favicon/clear/*",
      "denied ANY /api/webhook/polar/*",
      "denied ANY /api/oauth/google/*",
      "denied ANY /api/oauth/github/*",
      "denied ANY /api/gsc/*",
      "denied ANY /api/webhook/slack/*",
      "denied ANY /api/export/*",
      "denied ANY /api/insights/*",
      "denied ANY /api/import/*",
      "denied ANY /api/manage/*",
      "denied ANY /api/mcp/*",
      "public POST /api/track",
      "public POST /api/event",
      "public POST /api/profile",
      "public POST /api/profile/increment",
      "public POST /api/profile/decrement",
      "public GET /api/track/device-id",
      "public GET HEAD /op1.js",
      "gated GET POST /api/trpc/*",
      "gated GET /api/live/*",
      "gated ANY /api/ai/agents/*",
      "gated GET /api/misc/favicon",
      "gated GET /api/misc/og",
      "gated GET /api/misc/geo",
      "gated ANY //*",
    ]);
  });

  test("is the same for an empty list of features", () => {
    expect(routesWith({})).toEqual(CLOSED);
    expect(routesWith({ sharedDashboards: false, signIn: [], machineApis: [] })).toEqual(CLOSED);
  });
});

describe("the switch", () => {
  test.each<[string, OpenPanelFeatures, readonly string[], readonly string[]]>([
    [
      "sharedDashboards",
      { sharedDashboards: true },
      [
        ...PAGE,
        "public GET HEAD /share/overview/*",
        "public GET HEAD /share/dashboard/*",
        "public GET HEAD /share/report/*",
        ...called("GET", ["share.overview", "share.dashboard", "share.dashboardReports", "share.report"]),
        ...called(
          "GET",
          [
            ...["liveVisitors", "liveData", "stats", "getReferrerSpikes", "topPages", "topGeneric", "map"],
            ...["topGenericSeries", "userJourney", "topEvents", "topConversions", "topLinkOut"],
          ].map((name) => `overview.${name}`),
        ),
        ...called("GET", ["chart.chart", "chart.aggregate", "chart.conversion", "chart.funnel", "chart.cohort"]),
        ...called("POST", ["auth.signInShare"]),
      ],
      [],
    ],
    [
      "widgets",
      { widgets: true },
      [
        ...PAGE,
        ...["realtime", "counter", "badge"].map((name) => `public GET HEAD /widget/${name}`),
        ...called("GET", ["widget.realtimeData", "widget.counter", "widget.badge"]),
      ],
      [],
    ],
    ["liveVisitors", { liveVisitors: true }, ["public GET /api/live/visitors/*"], []],
    [
      "unsubscribe",
      { unsubscribe: true },
      [...PAGE, "public GET HEAD /unsubscribe", ...called("POST", ["email.unsubscribe"])],
      [],
    ],
    [
      "signIn with Google",
      { signIn: ["google"] },
      ["gated GET /api/oauth/google/callback"],
      ["denied ANY /api/oauth/google/*"],
    ],
    [
      "signIn with GitHub",
      { signIn: ["github"] },
      ["gated GET /api/oauth/github/callback"],
      ["denied ANY /api/oauth/github/*"],
    ],
    ["searchConsole", { searchConsole: true }, ["gated GET /api/gsc/callback"], ["denied ANY /api/gsc/*"]],
    ["slack", { slack: true }, ["gated GET /api/webhook/slack"], ["denied ANY /api/webhook/slack/*"]],
    [
      "machineApis for export",
      { machineApis: ["export"] },
      ["machine GET /api/export/events", "machine GET /api/export/charts"],
      ["denied ANY /api/export/*"],
    ],
    [
      "machineApis for import",
      { machineApis: ["import"] },
      ["machine POST /api/import/events"],
      ["denied ANY /api/import/*"],
    ],
    [
      "machineApis for insights",
      { machineApis: ["insights"] },
      ["machine GET /api/insights/*"],
      ["denied ANY /api/insights/*"],
    ],
    [
      "machineApis for manage",
      { machineApis: ["manage"] },
      ["machine GET POST PATCH DELETE /api/manage/*"],
      ["denied ANY /api/manage/*"],
    ],
    ["machineApis for mcp", { machineApis: ["mcp"] }, ["machine GET POST DELETE /api/mcp"], ["denied ANY /api/mcp/*"]],
  ])("%s opens exactly its own paths", (_, features, added, removed) => {
    expect(opened(features)).toEqual({ added: [...added].sort(), removed: [...removed].sort() });
  });

  test("opens nothing that another switch does not need, however they are combined", () => {
    const alone = Object.entries(ALL_FEATURES).flatMap(([name, value]) => opened({ [name]: value }).added);
    expect(opened(ALL_FEATURES).added).toEqual([...new Set(alone)].sort());
  });
});

describe.each([
  ["all switches off", CLOSED],
  ["all switches on", routesWith(ALL_FEATURES)],
])("with %s", (_, routes) => {
  test("every row has one of the four classes and a name of its own", () => {
    for (const route of routes) expect(ROUTE_CLASSES).toContain(route.class);
    expect(new Set(routes.map(({ name }) => name)).size).toBe(routes.length);
  });

  test("no row hides another or says something else of the same requests", () => {
    expect(checkOverlaps(routes)).toEqual([]);
  });

  test("every public row names its methods and is limited for each client", () => {
    for (const route of routes.filter((each) => each.class === "public")) {
      expect(route).toMatchObject({ methods: expect.any(Array), rateLimit: expect.anything() });
    }
  });

  test("every public row that takes a body limits it", () => {
    const posts = routes.filter((route) => route.class === "public" && route.methods?.includes("POST"));
    expect(posts.length).toBeGreaterThanOrEqual(5);
    for (const route of posts) expect(route).toMatchObject({ match: "exact", maxBodyBytes: expect.any(Number) });
  });

  test("every machine row is limited for each client, and limits a body where it takes one", () => {
    for (const route of routes.filter((each) => each.class === "machine")) {
      const takesBody = ["POST", "PUT", "PATCH"].some((method) => route.methods?.some((each) => each === method));
      expect(route).toMatchObject({
        methods: expect.any(Array),
        rateLimit: expect.anything(),
        ...(takesBody && { maxBodyBytes: 4 * 1024 * 1024 }),
      });
    }
  });

  test("public prefixes are those that hold ids or files, and nothing of the API but present visitors", () => {
    const prefixes = routes.filter((route) => route.class === "public" && route.match === "prefix");
    for (const { path } of prefixes) {
      expect(path).toMatch(/^\/(assets|_serverFn|share\/(overview|dashboard|report)|api\/live\/visitors)$/);
    }
  });

  test("what lets the server fetch any address is never open", () => {
    const fetching = routes.filter(({ path }) => /^\/api\/(tools|misc)/.test(path));
    expect(fetching.length).toBeGreaterThanOrEqual(8);
    for (const { class: kind } of fetching) expect(["denied", "gated"]).toContain(kind);
  });

  test("the API gets its paths without the prefix that it does not know", () => {
    for (const route of routes) {
      if (route.class === "denied") continue;
      const toApi = route.backend.service === "op-api";
      expect([route.path.startsWith("/api/"), route.stripPrefix]).toEqual(toApi ? [true, "/api"] : [false, undefined]);
    }
  });

  test("the worker is nowhere", () => {
    expect(JSON.stringify(routes)).not.toContain("op-worker");
  });
});
