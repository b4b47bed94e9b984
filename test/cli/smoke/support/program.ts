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
  /** Middlewares by name, besides those that the class brings. */
  readonly middlewares?: readonly string[];
}

export const APP = "shop-staging.acme.example";
export const GATE = "auth-platform.acme.example";
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
  { host: SIGN_ON, path: "/*", class: "public", stack: SERVICES },
  { host: GATE, path: "/oauth2/main/*", class: "public", stack: SERVICES },
];

const PRIORITY = { denied: 40_000, public: 30_000, machine: 20_000, gated: 10_000 };

const MIDDLEWARES = {
  strip: { headers: { customRequestHeaders: { "X-Auth-Request-User": "" } } },
  deny: { ipAllowList: { sourceRange: ["255.255.255.255/32"] } },
  gate: { forwardAuth: { address: "http://oauth2-proxy.gate-main/", authResponseHeaders: ["X-Auth-Request-User"] } },
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
  for (const stack of new Set([SERVICES, ...rows.map(stackOf)])) {
    const routes = rows.filter((row) => stackOf(row) === stack).flatMap(rulesOf);
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

function rulesOf({ host, path: label, class: kind, methods, middlewares = [] }: TestRow): readonly object[] {
  const base = label.replace(/\/?\*$/, "");
  const prefix = base === "" ? "PathPrefix(`/`)" : `(Path(\`${base}\`) || PathPrefix(\`${base}/\`))`;
  const match = `Host(\`${host}\`) && ${label.endsWith("*") ? prefix : `Path(\`${label}\`)`}`;
  const only = methods && [...methods, "OPTIONS"].map((method) => `Method(\`${method}\`)`).join(" || ");
  const services = [{ kind: "Service", name: "backend", port: 3000 }];
  const own = { denied: ["deny"], public: ["strip"], machine: ["strip"], gated: ["strip", "gate"] }[kind];
  const priority = PRIORITY[kind] + base.length * 20;
  const named = [...own, ...middlewares].map((name) => ({ name }));
  return [
    ...(kind === "gated"
      ? [
          {
            match: `${match} && Method(\`OPTIONS\`)`,
            priority: priority + 1,
            middlewares: [{ name: "strip" }],
            services,
          },
        ]
      : []),
    { match: only === undefined ? match : `${match} && (${only})`, priority, middlewares: named, services },
  ];
}
