import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import type { RouteClass } from "../../../../constructs/access/route-table/route";
import { temporaryFolder } from "../../support/session";

/** A row as a test writes it down. */
export interface TestRow {
  readonly host: string;
  readonly path: string;
  readonly class: RouteClass;
  readonly methods?: readonly string[];
  readonly stack?: string;
  /** Where a gate serves its login: it has no preflight requests. @default false */
  readonly login?: boolean;
  /** Middlewares by name, besides those that the class brings. */
  readonly middlewares?: readonly string[];
}

export const APP = "shop-staging.acme.example";
export const SIGN_ON = "sso.acme.example";
const SERVICES = "l2-services-platform";

/** One row of each kind, on the hosts of one environment. */
export const ROWS: readonly TestRow[] = [
  { host: APP, path: "/api/metrics/*", class: "denied" },
  { host: APP, path: "/api/track", class: "public", methods: ["POST"], middlewares: ["rate"] },
  { host: APP, path: "/script.js", class: "public", methods: ["GET", "HEAD"] },
  { host: APP, path: "/live/*", class: "public" },
  { host: APP, path: "/api/export/*", class: "machine" },
  { host: APP, path: "/api/*", class: "gated" },
  { host: APP, path: "/*", class: "gated" },
  { host: APP, path: "/oauth2/main/*", class: "public", methods: ["GET", "HEAD"], login: true },
  { host: SIGN_ON, path: "/*", class: "public", stack: SERVICES },
];

const PRIORITY = { denied: 40_000, public: 30_000, machine: 20_000, gated: 10_000 };

const MIDDLEWARES = {
  strip: { headers: { customRequestHeaders: { "X-Auth-Request-User": "" } } },
  deny: { ipAllowList: { sourceRange: ["255.255.255.255/32"] } },
  gate: { forwardAuth: { address: "http://oauth2-proxy.gate-main/", authResponseHeaders: ["X-Auth-Request-User"] } },
  "gate-scripts": {
    forwardAuth: {
      address: "http://oauth2-proxy.gate-main/oauth2/main/auth",
      authResponseHeaders: ["X-Auth-Request-User"],
    },
  },
  rate: { rateLimit: { average: 50, burst: 200 } },
  hsts: { headers: { stsSeconds: 31_536_000 } },
  both: { chain: { middlewares: [{ name: "strip" }, { name: "rate" }] } },
};

/** Writes a synthesized program with these rows, as far as the command reads it. */
export function writeRoutes(rows: readonly TestRow[] = ROWS): string {
  const folder = path.join(temporaryFolder(), "cdktf.out");
  const write = (file: string, content: object) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), JSON.stringify(content));
  };
  const stackOf = (row: TestRow) => row.stack ?? "l4-apps-staging";
  write("program.json", {
    schemaVersion: 1,
    stacks: [
      { id: SERVICES, dependencies: [] },
      { id: "l3-data-staging", dependencies: [SERVICES] },
      { id: "l4-apps-staging", dependencies: ["l3-data-staging"] },
    ],
    hosts: rows.map((row) => ({ host: row.host, path: row.path, class: row.class, stack: stackOf(row) })),
  });
  write("identity.json", { schemaVersion: 1, providers: [{ name: "main", url: `https://${SIGN_ON}` }] });
  for (const stack of new Set([SERVICES, ...rows.map(stackOf)])) {
    const own = rows.filter((row) => stackOf(row) === stack);
    const routes = [...own.flatMap(rulesOf), ...fallbackOf(own)];
    write(`stacks/${stack}/cdk.tf.json`, {
      resource: {
        helm_release: { routes: { namespace: "shop", values: [stringify({ manifests: manifests(routes) })] } },
      },
    });
  }
  return folder;
}

function manifests(routes: readonly object[]): readonly object[] {
  const apiVersion = "traefik.io/v1alpha1";
  return [
    ...Object.entries(MIDDLEWARES).map(([name, spec]) => ({
      apiVersion,
      kind: "Middleware",
      metadata: { name },
      spec,
    })),
    { apiVersion, kind: "IngressRoute", metadata: { name: "routes" }, spec: { entryPoints: ["edge"], routes } },
  ];
}

/** The paths of a row, as the gateway reads them. */
function pathOf({ path: label, login }: TestRow): string {
  const base = label.replace(/\/?\*$/, "");
  if (!label.endsWith("*")) return `Path(\`${label}\`)`;
  // A gate has no page of its own at its path without a slash.
  return base === "" || login ? `PathPrefix(\`${base}/\`)` : `(Path(\`${base}\`) || PathPrefix(\`${base}/\`))`;
}

function rulesOf(row: TestRow): readonly object[] {
  const { host, path: label, class: kind, methods, login, middlewares = [] } = row;
  const match = `Host(\`${host}\`) && ${pathOf(row)}`;
  const preflight = kind === "gated" || login ? [] : ["OPTIONS"];
  const only = methods && [...methods, ...preflight].map((method) => `Method(\`${method}\`)`).join(" || ");
  const own = only === undefined ? match : `${match} && (${only})`;
  const priority = login ? 39_990 : PRIORITY[kind] + label.replace(/\/?\*$/, "").length * 20;
  const services = kind === "denied" ? NOBODY : [{ kind: "Service", name: "backend", port: 3000 }];
  const rule = (text: string, above: number, names: readonly string[]) => ({
    match: text,
    priority: priority + above,
    middlewares: [...names, ...middlewares].map((name) => ({ name })),
    services,
  });
  if (kind === "denied") return [rule(own, 0, ["deny"])];
  if (kind !== "gated") return [rule(own, 0, ["strip"])];
  return [
    rule(`${match} && Method(\`OPTIONS\`)`, 2, ["strip"]),
    rule(`${own} && HeaderRegexp(\`Accept\`, \`text/html\`)`, 1, ["strip", "gate"]),
    rule(own, 0, ["strip", "gate-scripts"]),
  ];
}

const NOBODY = [{ kind: "TraefikService", name: "noop@internal" }];

/** What is left of denied rows without their middleware. */
function fallbackOf(rows: readonly TestRow[]): readonly object[] {
  const denied = rows.filter((row) => row.class === "denied");
  return [...new Set(denied.map(({ host }) => host))].map((host) => {
    const paths = denied.filter((row) => row.host === host).map(pathOf);
    return { match: `Host(\`${host}\`) && (${paths.join(" || ")})`, priority: PRIORITY.denied, services: NOBODY };
  });
}
