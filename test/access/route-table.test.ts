import type { App } from "cdktf";
import { parse } from "yaml";
import { type Route, RouteTable, type RouteTableProps } from "../../constructs/access/route-table";
import { STRIPPED_HEADERS } from "../../constructs/access/route-table/middlewares";
import { unescapeTemplates } from "../../constructs/core/escape";
import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import { clusterStack, refusal, render, resourcesOf } from "../helpers/program";

const BACKEND = { service: "web", port: 3000 };
const TRACK: Route = {
  name: "track",
  class: "public",
  path: "/api/track",
  match: "exact",
  methods: ["POST"],
  backend: BACKEND,
  stripPrefix: "/api",
  rateLimit: { average: 50, burst: 100 },
};
const DASHBOARD: Route = {
  name: "dashboard",
  class: "gated",
  gate: "main",
  path: "/",
  match: "prefix",
  backend: BACKEND,
};
const METRICS: Route = { name: "metrics", class: "denied", path: "/api/metrics", match: "prefix" };

const BASE: Omit<RouteTableProps, "target"> = {
  namespace: "app",
  name: "app",
  host: "app.acme.example",
  entryPoint: "edge",
  issuer: "letsencrypt",
  zones: ["acme.example"],
  gates: { main: "http://gate.oauth2-proxy.svc.cluster.local/" },
  routes: [TRACK, DASHBOARD, METRICS],
};

const table =
  (props: Partial<RouteTableProps> = {}) =>
  (app: App) => {
    const { stack, target } = clusterStack(app);
    new TenantNamespace(stack, "namespace", { target, name: "app" });
    new RouteTable(stack, "routes", { ...BASE, target, ...props });
  };

interface Rule {
  match: string;
  priority: number;
  middlewares: { name: string }[];
  services: { name: string }[];
}

function objects(props: Partial<RouteTableProps> = {}) {
  const values = resourcesOf(render(table(props))["l2-base-test"], "helm_release")[0]?.values;
  const parsed = parse(unescapeTemplates(String(Array.isArray(values) ? values[0] : "")));
  return parsed.manifests as { kind: string; metadata: { name: string }; spec: Record<string, unknown> }[];
}

const rules = (props: Partial<RouteTableProps> = {}) =>
  objects(props).find((object) => object.kind === "IngressRoute")?.spec.routes as Rule[];
const middleware = (name: string) => objects().find((object) => object.metadata.name === name)?.spec;

test("what is denied wins over what is public, and that over what is gated", () => {
  const order = [...rules()].sort((a, b) => b.priority - a.priority).map((rule) => rule.match);
  expect(order[0]).toContain("/api/metrics");
  expect(order[1]).toContain("/api/track");
  expect(order.at(-1)).toBe("Host(`app.acme.example`) && PathPrefix(`/`)");
});

test("a public route is limited, strips identity headers and never meets the gate", () => {
  const track = rules().find((rule) => rule.match.includes("/api/track"));
  expect(track?.match).toBe("Host(`app.acme.example`) && Path(`/api/track`) && (Method(`POST`) || Method(`OPTIONS`))");
  expect(track?.middlewares.map((m) => m.name)).toEqual(["app-strip-headers", "app-rate-track", "app-prefix-api"]);
});

test("a gated route strips forged identity headers before the gate sets its own", () => {
  const gated = rules().filter((rule) => rule.match.includes("PathPrefix(`/`)"));
  expect(gated.map((rule) => rule.middlewares.map((m) => m.name))).toEqual([
    ["app-strip-headers"],
    ["app-strip-headers", "app-gate-main"],
  ]);
  expect(gated[0]?.match).toContain("Method(`OPTIONS`)");
});

test("the gate is asked at its root, trusts no forwarded header and answers briefly", () => {
  expect(middleware("app-gate-main")).toEqual({
    forwardAuth: {
      address: "http://gate.oauth2-proxy.svc.cluster.local/",
      trustForwardHeader: false,
      authResponseHeaders: ["X-Auth-Request-User", "X-Auth-Request-Email"],
      maxResponseBodySize: 65536,
    },
  });
});

test("headers that claim an identity or a client address are stripped", () => {
  expect(middleware("app-strip-headers")).toEqual({
    headers: { customRequestHeaders: Object.fromEntries(STRIPPED_HEADERS.map((header) => [header, ""])) },
  });
});

test("a denied route answers 403 and reaches no backend", () => {
  const denied = rules().find((rule) => rule.match.includes("/api/metrics"));
  expect(denied?.middlewares).toEqual([{ name: "app-deny" }]);
  expect(denied?.services).toMatchObject([{ kind: "TraefikService", name: "noop@internal" }]);
});

test("a prefix does not match a longer word", () => {
  const denied = rules().find((rule) => rule.match.includes("/api/metrics"));
  expect(denied?.match).toContain("(Path(`/api/metrics`) || PathPrefix(`/api/metrics/`))");
});

test("a gated route without its gate is refused, never rendered open", () => {
  expect(refusal(table({ gates: {} }))).toContain(
    'gated route dashboard (app.acme.example/) names a gate that the cluster does not have (found "main")',
  );
});

test("a host outside the zones is refused", () => {
  expect(refusal(table({ host: "app.other.example" }))).toContain("host is outside every zone of the platform");
});

test("a host and path have one owner", () => {
  expect(
    refusal((app) => {
      const { stack, target } = clusterStack(app);
      new TenantNamespace(stack, "namespace", { target, name: "app" });
      new RouteTable(stack, "one", { ...BASE, target, routes: [DASHBOARD] });
      new RouteTable(stack, "two", { ...BASE, target, name: "two", routes: [DASHBOARD] });
    }),
  ).toContain("route app.acme.example/* has 2 owners");
});

test("two rows of different classes that match the same requests are refused", () => {
  const open: Route = { name: "open", class: "public", path: "/", match: "prefix", backend: BACKEND };
  const build = table({ routes: [DASHBOARD, open] });
  expect(() => render(build)).toThrow("routes dashboard (gated) and open (public) match the same requests");
});
