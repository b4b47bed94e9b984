import type { Route, RouteBackend } from "../../access/route-table";
import { PORT, workload } from "./names";
import { MACHINE_APIS, type MachineApi, type OpenPanelSettings } from "./settings";

const API: RouteBackend = { service: workload("api"), port: PORT };
const DASHBOARD: RouteBackend = { service: workload("dashboard"), port: PORT };

/** The API has no `/api` routes of its own. */
const PREFIX = "/api";

/** The application limits nothing on ingestion and takes bodies of 500 MiB; a chunk of a replay has at most 2 MiB. */
const INGESTION = { rateLimit: { average: 50, burst: 200 }, maxBodyBytes: 4 * 1024 * 1024 } as const;

/**
 * Who may call what of OpenPanel. `OPTIONS` and CORS are the application's: the table lets a preflight through.
 *
 * @see https://openpanel.dev/docs/self-hosting/reverse-proxy
 */
export function openpanelRoutes(settings: OpenPanelSettings): Route[] {
  const enabled = settings.machineApis ?? MACHINE_APIS;
  return [
    ...DENIED.map(([name, path]): Route => ({ name, path: `${PREFIX}${path}`, match: "prefix", class: "denied" })),
    ...MACHINE_APIS.filter((api) => !enabled.includes(api)).map(
      (api): Route => ({ name: api, path: `${PREFIX}/${api}`, match: "prefix", class: "denied" }),
    ),
    ...INGESTED.map(
      ([name, path]): Route => ({
        name,
        path: `${PREFIX}${path}`,
        match: "exact",
        methods: ["POST"],
        class: "public",
        backend: API,
        stripPrefix: PREFIX,
        ...INGESTION,
      }),
    ),
    {
      name: "device-id",
      path: `${PREFIX}/track/device-id`,
      match: "exact",
      methods: ["GET"],
      class: "public",
      backend: API,
      stripPrefix: PREFIX,
      rateLimit: INGESTION.rateLimit,
    },
    { name: "script", path: "/op1.js", match: "exact", methods: ["GET", "HEAD"], class: "public", backend: DASHBOARD },
    ...enabled.map(machine),
    {
      name: "api",
      path: PREFIX,
      match: "prefix",
      class: "gated",
      gate: settings.gate,
      backend: API,
      stripPrefix: PREFIX,
    },
    { name: "dashboard", path: "/", match: "prefix", class: "gated", gate: settings.gate, backend: DASHBOARD },
  ];
}

function machine(api: MachineApi): Route {
  const path = `${PREFIX}/${api}`;
  return { name: api, path, match: "prefix", class: "machine", backend: API, stripPrefix: PREFIX };
}

/** What software development kits send: exact paths, so that nothing below them opens with them. */
const INGESTED = [
  ["track", "/track"],
  ["event", "/event"],
  ["profile", "/profile"],
  ["profile-increment", "/profile/increment"],
  ["profile-decrement", "/profile/decrement"],
] as const;

/** Without a login of their own, and nobody outside needs them. */
const DENIED = [
  ["metrics", "/metrics"],
  ["documentation", "/documentation"],
  ["healthcheck", "/healthcheck"],
  ["healthz", "/healthz"],
  // They fetch any address they are given: server-side request forgery was reported for both.
  ["tools", "/tools"],
  ["misc-ping", "/misc/ping"],
  ["misc-stats", "/misc/stats"],
  // They empty a cache for everybody.
  ["misc-og-clear", "/misc/og/clear"],
  ["misc-favicon-clear", "/misc/favicon/clear"],
  // Cloud billing, which a self-hosted installation never has.
  ["webhook-polar", "/webhook/polar"],
  // Its sessions live in the memory of one process.
  ["mcp", "/mcp"],
] as const;
