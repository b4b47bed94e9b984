import type { App } from "cdktf";
import { parse } from "yaml";
import { type Route, RouteTable, type RouteTableProps } from "../../constructs/access/route-table";
import { checkTable } from "../../constructs/access/route-table/checks";
import { casdoorProvider } from "../../constructs/components/casdoor";
import { portalGates } from "../../constructs/components/oauth2-proxy";
import { describe } from "../../constructs/core/errors";
import { unescapeTemplates } from "../../constructs/core/escape";
import { identityDocument } from "../../constructs/core/identity";
import { isJsonObject, type Json, type JsonObject } from "../../constructs/core/json";
import { claimOwnership } from "../../constructs/core/ownership";
import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import { clusterStack, render, resourcesOf, testApp } from "../helpers/program";

export const HOST = "app.acme.example";
export const BACKEND = { service: "web", port: 3000 };

export const PROVIDER = casdoorProvider({
  cluster: "platform",
  host: "sso.acme.example",
  organisation: "acme",
  domains: ["acme.example"],
  github: false,
});

export const GATES = portalGates("platform", ["main", "staff"], PROVIDER);

/** One row of each class. */
export const TRACK = {
  name: "track",
  class: "public",
  path: "/api/track",
  match: "exact",
  methods: ["POST"],
  backend: BACKEND,
  stripPrefix: "/api",
  rateLimit: { average: 50, burst: 100 },
  maxBodyBytes: 1024,
} as const satisfies Route;
export const EXPORT = {
  name: "export",
  class: "machine",
  path: "/api/export",
  match: "prefix",
  methods: ["GET"],
  backend: BACKEND,
  stripPrefix: "/api",
} as const satisfies Route;
export const METRICS = {
  name: "metrics",
  class: "denied",
  path: "/api/metrics",
  match: "prefix",
} as const satisfies Route;
export const CLEAR = {
  name: "clear",
  class: "denied",
  path: "/clear",
  match: "exact",
  methods: ["GET"],
} as const satisfies Route;
export const CALLS = {
  name: "calls",
  class: "gated",
  gate: "main",
  path: "/api/calls/",
  match: "prefix",
  methods: ["GET", "POST"],
  backend: BACKEND,
} as const satisfies Route;
export const DASHBOARD = {
  name: "dashboard",
  class: "gated",
  gate: "main",
  path: "/",
  match: "prefix",
  backend: BACKEND,
} as const satisfies Route;

export const BASE: Omit<RouteTableProps, "target"> = {
  namespace: "app",
  name: "app",
  host: HOST,
  entryPoint: "edge",
  issuer: "letsencrypt",
  zones: ["acme.example"],
  gates: GATES,
  environment: "staging",
  routes: [METRICS, CLEAR, TRACK, EXPORT, CALLS, DASHBOARD],
};

/** A program that holds a table and what it stands on. */
export const table =
  (props: Partial<RouteTableProps> = {}) =>
  (app: App) => {
    const { stack, target } = clusterStack(app);
    for (const name of ["app", "gate-main", "gate-staff"]) new TenantNamespace(stack, name, { target, name });
    claimOwnership(stack, "dns-record", `acme.example/${props.host ?? HOST}/A`);
    new RouteTable(stack, "routes", { ...BASE, target, ...props });
  };

/** The problems of a table for itself, with value and fix. */
export function problemsOf(props: Partial<RouteTableProps>): string[] {
  const { target } = clusterStack(testApp());
  return checkTable({ ...BASE, target, ...props }).map(describe);
}

/** Every object that a table renders. The identity provider and the gates stand in other stacks. */
export function objects(props: Partial<RouteTableProps> = {}): JsonObject[] {
  return resourcesOf(render(table(props), false)["l2-base-test"], "helm_release").flatMap(({ values }) => {
    const parsed: Json = parse(unescapeTemplates(String(Array.isArray(values) ? values[0] : "")));
    const manifests = isJsonObject(parsed) && Array.isArray(parsed.manifests) ? parsed.manifests : [];
    return manifests.filter(isJsonObject);
  });
}

/** What an object of a table says, by kind, namespace and name. */
export function specs(props: Partial<RouteTableProps> = {}): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    objects(props).map(({ kind, metadata, spec }) => {
      const { namespace, name } = isJsonObject(metadata) ? metadata : {};
      return [`${String(kind)} ${String(namespace)}/${String(name)}`, spec ?? null];
    }),
  );
}

export interface Rule {
  readonly match: string;
  readonly priority: number;
  /** Names, in their order. */
  readonly middlewares: readonly string[];
  /** Where it leads, as in `web:3000`. */
  readonly service: string;
}

/** The rules of a table, as Traefik reads them. */
export function rules(props: Partial<RouteTableProps> = {}): Rule[] {
  const route = specs(props)["IngressRoute app/app"];
  const listed = isJsonObject(route) && Array.isArray(route.routes) ? route.routes : [];
  return listed.filter(isJsonObject).map(({ match, priority, middlewares, services }) => ({
    match: String(match),
    priority: Number(priority),
    middlewares: (Array.isArray(middlewares) ? middlewares : []).filter(isJsonObject).map(({ name }) => String(name)),
    service: (Array.isArray(services) ? services : [])
      .filter(isJsonObject)
      .map(({ kind, name, port }) => `${String(kind)} ${String(name)}${port === undefined ? "" : `:${String(port)}`}`)
      .join(", "),
  }));
}

/** What a program with a table declares of the identity provider. */
export function redirects(props: Partial<RouteTableProps> = {}) {
  const app = testApp();
  table(props)(app);
  return identityDocument(app).redirects;
}
