import type { Route, RouteTableProps } from "../../constructs/access/route-table";
import { refusal } from "../helpers/program";
import { BACKEND, BASE, CALLS, DASHBOARD, EXPORT, GATES, HOST, METRICS, problemsOf, TRACK, table } from "./support";

/** A row as JavaScript, or a file, could hold it. */
function untyped(row: object): Route {
  return JSON.parse(JSON.stringify(row));
}

const open = (row: Partial<Extract<Route, { class: "public" }>>): Route => ({
  name: "open",
  class: "public",
  path: "/open",
  match: "prefix",
  backend: BACKEND,
  ...row,
});
const gated = (row: Partial<Extract<Route, { class: "gated" }>>): Route => ({ ...DASHBOARD, name: "pages", ...row });
const denied = (row: Partial<Route>): Route => ({
  name: "shut",
  path: "/shut",
  match: "prefix",
  ...(row.methods && { methods: row.methods }),
  ...(row.path !== undefined && { path: row.path }),
  ...(row.match !== undefined && { match: row.match }),
  class: "denied",
});

test("a table in order has no problem", () => {
  expect(problemsOf({})).toEqual([]);
});

/** A mistake, the table with it, and the whole message. */
type Mistake = readonly [mistake: string, props: Partial<RouteTableProps>, message: string];

const HOSTS: readonly Mistake[] = [
  [
    "a host outside the zones",
    { host: "app.acme.org" },
    'host is outside every zone of the platform (found "app.acme.org"). Use a host below acme.example, or add its zone to platform.yaml.',
  ],
  [
    "a host that only ends as a zone does",
    { host: "notacme.example" },
    'host is outside every zone of the platform (found "notacme.example"). Use a host below acme.example, or add its zone to platform.yaml.',
  ],
  [
    "a host that would end its rule and begin another",
    { host: "a`) || Host(`b.acme.example" },
    'host of a route table is not valid (found "a`) || Host(`b.acme.example"). Use labels of lower-case letters, digits and hyphens.',
  ],
  [
    "a host in capitals, which Traefik would serve and ownership would not know",
    { host: "App.acme.example" },
    'host of a route table is not valid (found "App.acme.example"). Use labels of lower-case letters, digits and hyphens.',
  ],
];

const GATE: readonly Mistake[] = [
  [
    "a gated row on a cluster without gates",
    { gates: {}, routes: [DASHBOARD] },
    'gated route dashboard (app.acme.example/) names a gate that the cluster does not have (found "main"). Declare the gate under the cluster\'s gates.',
  ],
  [
    "a gated row with another gate",
    { routes: [gated({ gate: "mian" })] },
    'gated route pages (app.acme.example/) names a gate that the cluster does not have (found "mian"). Use one of main, staff.',
  ],
  [
    "a gated row without a gate, in JavaScript",
    { routes: [untyped({ ...DASHBOARD, gate: undefined })] },
    "gated route dashboard (app.acme.example/) names a gate that the cluster does not have. Use one of main, staff.",
  ],
  ...(["public", "machine", "denied"] as const).map(
    (kind): Mistake => [
      `a ${kind} row with a gate, in JavaScript`,
      { routes: [untyped({ ...DASHBOARD, class: kind })] },
      `${kind} route dashboard (app.acme.example/) names a gate, and would be reachable without it (found "main"). Make it gated, or leave the gate out.`,
    ],
  ),
  [
    "a row where its gate serves the login",
    { routes: [gated({ path: "/oauth2/main/x" })] },
    'gated route pages (app.acme.example/oauth2/main/x) stands where gate main serves its login (found "/oauth2/main/x"). Use a path outside /oauth2/main/.',
  ],
  [
    "a public row where a gate of the table serves the login",
    { routes: [DASHBOARD, open({ path: "/oauth2/main" })] },
    'public route open (app.acme.example/oauth2/main) stands where gate main serves its login (found "/oauth2/main"). Use a path outside /oauth2/main/.',
  ],
  [
    "a denied row that nobody could log in behind",
    { routes: [CALLS, denied({ path: "/oauth2" })] },
    'denied route shut (app.acme.example/oauth2) denies the login of gate main too (found "/oauth2"). Narrow it to paths outside /oauth2/main/.',
  ],
];

const ROWS: readonly Mistake[] = [
  [
    "a class that is none, in JavaScript",
    { routes: [untyped({ ...METRICS, class: "shut" })] },
    'shut route metrics (app.acme.example/api/metrics) has no class (found "shut"). Use denied, public, machine, gated.',
  ],
  [
    "two rows of one name",
    { routes: [TRACK, open({ name: "track" })] },
    'two rows of app.acme.example have one name (found "track"). Give each its own: it names what limits the row.',
  ],
  ...["api", "/a//b", "/a/../b", "/a/./b", "/a%2Fb", "/a`) || PathPrefix(`/", "/a b", "/a?b", "/a#b", "/a\\b", ""].map(
    (path): Mistake => [
      `a path that no client sends so: ${JSON.stringify(path)}`,
      { routes: [open({ path })] },
      `public route open (app.acme.example${path}) has a path that no client sends so (found ${JSON.stringify(path)}). Begin it with /, without dots that lead up, double slashes, encoded or special characters.`,
    ],
  ),
  [
    "a path so long that its priority is of the next class",
    { routes: [gated({ path: `/${"a".repeat(400)}` })] },
    `gated route pages (app.acme.example/${"a".repeat(400)}) has a path of 401 characters. Use at most 400.`,
  ],
  [
    "a prefix taken off that the path does not have",
    { routes: [open({ path: "/apis", stripPrefix: "/api" })] },
    'public route open (app.acme.example/apis) takes a prefix off that its path does not have (found "/api"). Correct it.',
  ],
  [
    "no method",
    { routes: [gated({ methods: [] })] },
    "gated route pages (app.acme.example/) takes no method. Name its methods, or leave them out to take every method.",
  ],
  ...[
    { rateLimit: { average: 0, burst: 1 } },
    { rateLimit: { average: 1, burst: -1 } },
    { rateLimit: { average: 0.5, burst: 1 } },
    { maxBodyBytes: 0 },
  ].map(
    (limit): Mistake => [
      `a limit that limits nothing: ${JSON.stringify(limit)}`,
      { routes: [open(limit)] },
      `public route open (app.acme.example/open) has a limit that limits nothing (found ${[limit.rateLimit?.average, limit.rateLimit?.burst, limit.maxBodyBytes].find((value) => value !== undefined && value !== 1)}). Use a whole number from 1, or leave the limit out.`,
    ],
  ),
];

const NAMES: readonly Mistake[] = [
  [
    "a gate whose middleware has the name of another gate's",
    {
      gates: { ...GATES, "scripts-main": { ...GATES.staff, name: "scripts-main", ...rest() } },
      routes: [DASHBOARD, gated({ gate: "scripts-main", path: "/scripts" })],
    },
    'two middlewares of app.acme.example have one name (found "app-gate-scripts-main"). Rename one of the rows, gates or prefixes that it is made of.',
  ],
  [
    "two prefixes that make one name",
    { routes: [open({ path: "/a/pi", stripPrefix: "/a/pi" }), { ...EXPORT, path: "/api" }] },
    'two middlewares of app.acme.example have one name (found "app-prefix-api"). Rename one of the rows, gates or prefixes that it is made of.',
  ],
  [
    "two limits that make one name",
    {
      routes: [
        open({ name: "a.b", path: "/a", rateLimit: { average: 1, burst: 1 } }),
        open({ name: "a-b", path: "/b", rateLimit: { average: 9, burst: 9 } }),
      ],
    },
    'two middlewares of app.acme.example have one name (found "app-rate-a-b"). Rename one of the rows, gates or prefixes that it is made of.',
  ],
];

function rest() {
  const { main } = GATES;
  if (main === undefined) throw new Error("there is no gate main");
  return { namespace: "gate-staff", service: main.service, port: main.port, provider: main.provider, client: "other" };
}

const OVERLAPS: readonly Mistake[] = [
  ...(["public", "machine"] as const).map(
    (kind): Mistake => [
      `a ${kind} and a gated row that match the same requests`,
      { routes: [DASHBOARD, { name: "all", class: kind, path: "/", match: "prefix", backend: BACKEND }] },
      `routes dashboard (gated) and all (${kind}) match the same requests (found "/"). Keep one of them, or split them by methods or path.`,
    ],
  ),
  [
    "rows of different class that share one of their methods",
    { routes: [gated({ path: "/x", methods: ["GET", "POST"] }), open({ path: "/x", methods: ["POST", "PUT"] })] },
    'routes pages (gated) and open (public) match the same requests (found "/x"). Keep one of them, or split them by methods or path.',
  ],
  [
    "rows of one class that lead to different places",
    { routes: [open({}), open({ name: "other", backend: { service: "other", port: 80 } })] },
    'routes open (public) and other (public) match the same requests (found "/open"). Keep one of them, or split them by methods or path.',
  ],
  [
    "rows of two gates for one path",
    { routes: [DASHBOARD, gated({ gate: "staff" })] },
    'routes dashboard (gated) and pages (gated) match the same requests (found "/"). Keep one of them, or split them by methods or path.',
  ],
  [
    "a gated row below a public prefix",
    { routes: [open({}), gated({ path: "/open/admin" })] },
    'route pages (gated) never gets a request: open (public) wins wherever it matches (found "/open/admin"). Narrow open, or remove pages.',
  ],
  [
    "a gated row whose reading is open, because a public prefix takes GET",
    { routes: [open({ methods: ["GET", "HEAD"] }), gated({ path: "/open/admin" })] },
    'route pages (gated) never gets a request with GET or HEAD: open (public) wins wherever it matches (found "/open/admin"). Narrow open, or remove pages.',
  ],
  [
    "a gated row of which one method is open",
    { routes: [open({ methods: ["GET"] }), gated({ path: "/open/admin", methods: ["POST", "GET"] })] },
    'route pages (gated) never gets a request with GET: open (public) wins wherever it matches (found "/open/admin"). Narrow open, or remove pages.',
  ],
  [
    "a public row below a denied prefix",
    { routes: [denied({}), open({ path: "/shut/file", match: "exact" })] },
    'route open (public) never gets a request: shut (denied) wins wherever it matches (found "/shut/file"). Narrow shut, or remove open.',
  ],
  [
    "an exact path with the prefix of a higher class",
    { routes: [gated({ path: "/open", match: "exact" }), open({})] },
    'route pages (gated) never gets a request: open (public) wins wherever it matches (found "/open"). Narrow open, or remove pages.',
  ],
  [
    "a gated row of which two open ones leave nothing, one the path and one what is below",
    {
      routes: [
        open({ match: "exact" }),
        open({ name: "below", path: "/open/", methods: ["GET"] }),
        gated({ path: "/open" }),
      ],
    },
    'route pages (gated) never gets a request with GET: open (public) and below (public) win wherever it matches (found "/open"). Narrow open or below, or remove pages.',
  ],
  [
    "two backends that would answer one preflight request",
    {
      routes: [
        open({ methods: ["GET"] }),
        open({ name: "write", methods: ["POST"], backend: { service: "other", port: 80 } }),
      ],
    },
    'routes open and write (public) both answer OPTIONS, and lead to different backends (found "/open"). Lead both to one backend, or give them different paths: a preflight request does not tell them apart.',
  ],
];

describe.each([
  ["hosts", HOSTS],
  ["gates", GATE],
  ["rows", ROWS],
  ["names", NAMES],
  ["rows that overlap", OVERLAPS],
])("among %s, one message answers", (_, mistakes) => {
  test.each(mistakes)("%s", (_mistake, props, message) => {
    expect(problemsOf(props)).toEqual([message]);
  });
});

describe("what is none of these is no mistake:", () => {
  test.each<[string, Route[]]>([
    ["an open path inside a gated prefix", [DASHBOARD, open({})]],
    ["a denied path inside an open prefix", [open({}), denied({ path: "/open/metrics" })]],
    [
      "classes that share a path but no method",
      [gated({ path: "/x", methods: ["GET"] }), open({ path: "/x", methods: ["POST"] })],
    ],
    ["methods of one path with one backend", [open({ methods: ["GET"] }), open({ name: "write", methods: ["POST"] })]],
    ["an exact path and its own prefix, in one class", [open({}), open({ name: "exact", match: "exact" })]],
    ["a word that only begins as another", [open({}), gated({ path: "/opened" })]],
    ["what stands below a path that is meant alone", [open({ match: "exact" }), gated({ path: "/open/admin" })]],
    ["a denied method of a path where people log in", [CALLS, denied({ path: "/oauth2", methods: ["POST"] })]],
    [
      "a public row below the login of a gate that the table does not use",
      [DASHBOARD, open({ path: "/oauth2/staff" })],
    ],
  ])("%s", (_, routes) => {
    expect(problemsOf({ routes })).toEqual([]);
  });
});

test("the types let no row but a gated one have a gate, and no gated one be without", () => {
  const row = { name: "row", path: "/", match: "prefix", backend: BACKEND } as const;
  // @ts-expect-error a public row can have no gate
  const open: Route = { ...row, class: "public", gate: "main" };
  // @ts-expect-error nor can one for machines
  const machine: Route = { ...row, class: "machine", gate: "main" };
  // @ts-expect-error nor a denied one
  const denied: Route = { name: "row", path: "/", match: "prefix", class: "denied", gate: "main" };
  // @ts-expect-error and a gated one must name its gate
  const gated: Route = { ...row, class: "gated" };
  expect([open, machine, denied, gated].map((each) => problemsOf({ routes: [each] }).length)).toEqual([1, 1, 1, 1]);
});

test("what a table is refused for carries the path of its construct, and nothing is rendered", () => {
  expect(refusal(table({ ...BASE, host: HOST, gates: {}, routes: [DASHBOARD] }))).toBe(
    'l2-base-test/routes: gated route dashboard (app.acme.example/) names a gate that the cluster does not have (found "main"). Declare the gate under the cluster\'s gates.',
  );
});
