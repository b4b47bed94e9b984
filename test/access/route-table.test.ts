import { cleanHeaders } from "../../constructs/access/headers";
import { RouteTable } from "../../constructs/access/route-table";
import { clusterStack, refusals } from "../helpers/program";
import { BASE, CALLS, DASHBOARD, EXPORT, HOST, METRICS, type Rule, redirects, rules, specs, TRACK } from "./support";

const AT = `Host(\`${HOST}\`)`;

/** Every rule of a table with all classes, as Traefik reads it. */
const RENDERED: readonly Rule[] = [
  {
    match: `${AT} && (Path(\`/api/metrics\`) || PathPrefix(\`/api/metrics/\`))`,
    priority: 40_240,
    middlewares: ["app-deny"],
    service: "TraefikService noop@internal",
  },
  {
    match: `${AT} && Path(\`/clear\`) && (Method(\`GET\`) || Method(\`OPTIONS\`))`,
    priority: 40_130,
    middlewares: ["app-deny"],
    service: "TraefikService noop@internal",
  },
  {
    match: `${AT} && Path(\`/api/track\`) && (Method(\`POST\`) || Method(\`OPTIONS\`))`,
    priority: 30_210,
    middlewares: ["app-strip-headers", "app-rate-track", "app-body-track", "app-prefix-api"],
    service: "Service web:3000",
  },
  {
    match: `${AT} && (Path(\`/api/export\`) || PathPrefix(\`/api/export/\`)) && (Method(\`GET\`) || Method(\`OPTIONS\`))`,
    priority: 20_220,
    middlewares: ["app-strip-headers", "app-prefix-api"],
    service: "Service web:3000",
  },
  {
    match: `${AT} && PathPrefix(\`/api/calls/\`) && Method(\`OPTIONS\`)`,
    priority: 10_222,
    middlewares: ["app-strip-headers"],
    service: "Service web:3000",
  },
  {
    match: `${AT} && PathPrefix(\`/api/calls/\`) && (Method(\`GET\`) || Method(\`POST\`)) && HeaderRegexp(\`Accept\`, \`text/html\`)`,
    priority: 10_221,
    middlewares: ["app-strip-headers", "app-uncached", "app-gate-main"],
    service: "Service web:3000",
  },
  {
    match: `${AT} && PathPrefix(\`/api/calls/\`) && (Method(\`GET\`) || Method(\`POST\`))`,
    priority: 10_220,
    middlewares: ["app-strip-headers", "app-uncached", "app-gate-scripts-main"],
    service: "Service web:3000",
  },
  {
    match: `${AT} && PathPrefix(\`/\`) && Method(\`OPTIONS\`)`,
    priority: 10_022,
    middlewares: ["app-strip-headers"],
    service: "Service web:3000",
  },
  {
    match: `${AT} && PathPrefix(\`/\`) && HeaderRegexp(\`Accept\`, \`text/html\`)`,
    priority: 10_021,
    middlewares: ["app-strip-headers", "app-uncached", "app-gate-main"],
    service: "Service web:3000",
  },
  {
    match: `${AT} && PathPrefix(\`/\`)`,
    priority: 10_020,
    middlewares: ["app-strip-headers", "app-uncached", "app-gate-scripts-main"],
    service: "Service web:3000",
  },
  {
    match: `${AT} && ((Path(\`/api/metrics\`) || PathPrefix(\`/api/metrics/\`)) || Path(\`/clear\`) && (Method(\`GET\`) || Method(\`OPTIONS\`)))`,
    priority: 40_000,
    middlewares: [],
    service: "TraefikService noop@internal",
  },
];

test("a table with all classes becomes these rules and no other", () => {
  expect(rules()).toEqual(RENDERED);
});

test("its middlewares say this and nothing else", () => {
  const { "IngressRoute app/app": route, ...others } = specs();
  const own = Object.entries(others).filter(([key]) => key.startsWith("Middleware app/"));
  const gate = { trustForwardHeader: false, maxResponseBodySize: 65_536 };
  const authResponseHeaders = ["X-Auth-Request-User", "X-Auth-Request-Email"];
  expect(Object.fromEntries(own)).toEqual({
    "Middleware app/app-strip-headers": cleanHeaders(HOST, "edge"),
    "Middleware app/app-deny": { ipAllowList: { sourceRange: ["255.255.255.255/32"] } },
    "Middleware app/app-rate-track": {
      rateLimit: { average: 50, burst: 100, sourceCriterion: { ipStrategy: { depth: 1 } } },
    },
    "Middleware app/app-body-track": { buffering: { maxRequestBodyBytes: 1024 } },
    "Middleware app/app-prefix-api": { stripPrefix: { prefixes: ["/api"] } },
    "Middleware app/app-uncached": {
      headers: { customResponseHeaders: { "Cloudflare-CDN-Cache-Control": "no-store" } },
    },
    "Middleware app/app-gate-main": {
      forwardAuth: { ...gate, address: "http://oauth2-proxy.gate-main.svc.cluster.local/", authResponseHeaders },
    },
    "Middleware app/app-gate-scripts-main": {
      forwardAuth: {
        ...gate,
        address: "http://oauth2-proxy.gate-main.svc.cluster.local/oauth2/main/auth",
        authResponseHeaders,
      },
    },
  });
  expect(route).toMatchObject({ entryPoints: ["edge"], tls: { secretName: "app-tls" } });
});

test("the host has a certificate of its own, whose key changes with it", () => {
  expect(specs()["Certificate app/app-tls"]).toEqual({
    secretName: "app-tls",
    dnsNames: [HOST],
    issuerRef: { kind: "ClusterIssuer", name: "letsencrypt" },
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
  });
});

test("where clients connect themselves, limits count connections", () => {
  expect(specs({ entryPoint: "machine" })["Middleware app/app-rate-track"]).toMatchObject({
    rateLimit: { sourceCriterion: { ipStrategy: { depth: 0 } } },
  });
});

test("a backend with a certificate of the internal CA is spoken to in TLS", () => {
  const backendTls = { serverName: "web.app.svc", caSecret: "web-ca" };
  expect(specs({ backendTls })["ServersTransport app/app-tls"]).toEqual({
    serverName: "web.app.svc",
    rootCAs: [{ secret: "web-ca" }],
  });
  expect(specs({ backendTls, routes: [EXPORT] })["IngressRoute app/app"]).toMatchObject({
    routes: [{ services: [{ name: "web", port: 3000, scheme: "https", serversTransport: "app-tls" }] }],
  });
});

test("a table without denied rows has no fallback, and one without gated rows no login", () => {
  expect(rules({ routes: [TRACK] })).toHaveLength(1);
  expect(Object.keys(specs({ routes: [TRACK, METRICS] })).filter((key) => key.includes(" gate-"))).toEqual([]);
  expect(redirects({ routes: [TRACK] })).toEqual([]);
});

describe("what is missing opens nothing", () => {
  /** The rules that are left when Traefik drops those that name a middleware. */
  const without = (name: string) => rules().filter(({ middlewares }) => !middlewares.includes(name));

  test("a denied row without its middleware leads nowhere", () => {
    const left = without("app-deny").filter(({ match }) => match.includes("/api/metrics"));
    expect(left).toEqual([
      expect.objectContaining({ priority: 40_000, middlewares: [], service: "TraefikService noop@internal" }),
    ]);
    const highest = Math.max(...without("app-deny").map(({ priority }) => priority));
    expect(highest).toBe(40_000);
  });

  test.each(["app-gate-main", "app-gate-scripts-main"])("a gated row without %s still asks the gate", (name) => {
    const left = without(name).filter(({ match, priority }) => priority < 20_000 && !match.includes("OPTIONS"));
    expect(left.length).toBeGreaterThan(0);
    for (const { middlewares } of left) expect(middlewares.some((each) => each.startsWith("app-gate-"))).toBe(true);
  });

  test("no rule leads to a backend without the middleware that cleans headers", () => {
    for (const { service, middlewares } of rules()) {
      if (service.startsWith("Service ")) expect(middlewares[0]).toBe("app-strip-headers");
    }
  });

  test("no rule of another class asks a gate, and no gated one but a preflight asks none", () => {
    for (const { match, priority, middlewares } of rules()) {
      const gated = priority < 20_000 && !match.endsWith("Method(`OPTIONS`)");
      expect({ match, asks: middlewares.some((name) => name.includes("gate")) }).toEqual({ match, asks: gated });
    }
  });
});

test("the program's report lists every row, and each login as public", () => {
  const listed: RouteTable["listed"][number][] = [];
  refusals((app) => {
    const { stack, target } = clusterStack(app);
    listed.push(...new RouteTable(stack, "routes", { ...BASE, target }).listed);
  });
  expect(listed.map((row) => `${row.class} ${row.host}${row.path}`)).toEqual([
    "denied app.acme.example/api/metrics/*",
    "denied app.acme.example/clear",
    "public app.acme.example/api/track",
    "machine app.acme.example/api/export/*",
    "gated app.acme.example/api/calls/*",
    "gated app.acme.example/*",
    "public app.acme.example/oauth2/main/*",
  ]);
});

test("a host has one owner, because no check sees the rows of two tables together", () => {
  const problems = refusals((app) => {
    const { stack, target } = clusterStack(app);
    new RouteTable(stack, "one", { ...BASE, target, routes: [DASHBOARD, CALLS] });
    new RouteTable(stack, "two", { ...BASE, target, namespace: "other", name: "two", routes: [DASHBOARD] });
  }, false).map(({ problem }) => problem);
  const owners =
    "has 2 owners: l2-base-test/one, l2-base-test/two. Keep it in one of them and refer to it from the others.";
  expect(problems.filter((problem) => problem.startsWith("route-table "))).toEqual([
    `route-table app.acme.example ${owners}`,
  ]);
});

test("between two gates nothing falls from one to the other: below each gated row is a rule that opens nothing", () => {
  const staff = { ...DASHBOARD, name: "admin", path: "/admin", gate: "staff" } as const;
  const closed = rules({ routes: [DASHBOARD, staff] }).filter(({ middlewares }) => middlewares.length === 0);
  expect(closed.map(({ match, priority, service }) => ({ match, priority, service }))).toEqual([
    { match: "Host(`app.acme.example`) && PathPrefix(`/`)", priority: 10_019, service: "TraefikService noop@internal" },
    {
      match: "Host(`app.acme.example`) && (Path(`/admin`) || PathPrefix(`/admin/`))",
      priority: 10_119,
      service: "TraefikService noop@internal",
    },
  ]);
});
