import type { HttpMethod, Route, RouteBackend } from "../../access/route-table";
import { INTEGRATIONS } from "./integrations";
import { PORT, workload } from "./names";
import { publicPages } from "./public-pages";
import { MACHINE_APIS, type MachineApi, type OpenPanelSettings } from "./settings";

const API: RouteBackend = { service: workload("api"), port: PORT };
const DASHBOARD: RouteBackend = { service: workload("dashboard"), port: PORT };

/** The API has no `/api` routes of its own. */
const PREFIX = "/api";
const BEHIND_PREFIX = { backend: API, stripPrefix: PREFIX } as const;

/** The application limits nothing on ingestion and takes bodies of 500 MiB; a chunk of a replay has at most 2 MiB. */
const INGESTION = { rateLimit: { average: 50, burst: 200 }, maxBodyBytes: 4 * 1024 * 1024 } as const;
/**
 * Each call may be a long query. The application counts by a client id that the client states, and reads a body before
 * it looks at whose it is: what is imported comes in parts.
 */
const MACHINE = { average: 20, burst: 50 } as const;
/** A script is fetched once by each visitor, but whole companies share an address. */
const SCRIPT = { average: 100, burst: 500 } as const;

/**
 * Who may call what of OpenPanel. Of the API, what is not listed here is not reachable from outside: it falls to the
 * dashboard, behind the gate. `OPTIONS` and CORS are the application's: the table lets a preflight through.
 *
 * @see https://openpanel.dev/docs/self-hosting/reverse-proxy
 */
export function openpanelRoutes(settings: OpenPanelSettings): Route[] {
  const { features = {} } = settings;
  return [
    ...DENIED.map(([name, path]) => denied(name, path)),
    ...INTEGRATIONS.filter(({ isOn }) => !isOn(features)).map(({ name, prefix }) => denied(name, prefix)),
    ...MACHINE_APIS.filter((api) => !isOpen(settings, api)).map((api) => denied(api, `/${api}`)),
    ...ingestion(),
    ...publicPages(features),
    ...MACHINE_APIS.filter((api) => isOpen(settings, api)).flatMap(machine),
    ...gated(settings),
  ];
}

function isOpen({ features }: OpenPanelSettings, api: MachineApi): boolean {
  return features?.machineApis?.includes(api) ?? false;
}

function denied(name: string, path: string): Route {
  return { name, path: `${PREFIX}${path}`, match: "prefix", class: "denied" };
}

/** What sites and their software development kits call: exact paths, so that nothing below them opens with them. */
function ingestion(): Route[] {
  const open = { match: "exact", class: "public" } as const;
  return [
    ...INGESTED.map(
      ([name, path]): Route => ({
        ...open,
        name,
        path: `${PREFIX}${path}`,
        methods: ["POST"],
        ...BEHIND_PREFIX,
        ...INGESTION,
      }),
    ),
    {
      ...open,
      name: "device-id",
      path: `${PREFIX}/track/device-id`,
      methods: ["GET"],
      ...BEHIND_PREFIX,
      rateLimit: INGESTION.rateLimit,
    },
    { ...open, name: "script", path: "/op1.js", methods: ["GET", "HEAD"], backend: DASHBOARD, rateLimit: SCRIPT },
  ];
}

function machine(api: MachineApi): Route[] {
  return MACHINE_ROUTES[api].map(([path, match, methods]): Route => {
    const name = [api, ...(path === "" ? [] : [path.slice(1)])].join("-");
    const limits = { rateLimit: MACHINE, ...(methods.some(hasBody) && { maxBodyBytes: INGESTION.maxBodyBytes }) };
    return { name, path: `${PREFIX}/${api}${path}`, match, methods, class: "machine", ...limits, ...BEHIND_PREFIX };
  });
}

function hasBody(method: HttpMethod): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

/** What people reach who passed the gate: the calls that the dashboard makes, and its pages. */
function gated(settings: OpenPanelSettings): Route[] {
  const { gate, features = {} } = settings;
  const behind = { class: "gated", gate } as const;
  return [
    ...INTEGRATIONS.filter(({ isOn }) => isOn(features)).map(
      ({ name, callback }): Route => ({
        ...behind,
        name,
        path: `${PREFIX}${callback}`,
        match: "exact",
        methods: ["GET"],
        ...BEHIND_PREFIX,
      }),
    ),
    ...CALLED.map(
      ([name, path, match, methods]): Route => ({
        ...behind,
        name,
        path: `${PREFIX}${path}`,
        match,
        ...(methods.length > 0 && { methods }),
        ...BEHIND_PREFIX,
      }),
    ),
    { ...behind, name: "dashboard", path: "/", match: "prefix", backend: DASHBOARD },
  ];
}

type Row = readonly [path: string, match: Route["match"], methods: readonly HttpMethod[]];

/** Paths and methods of each interface for programs. */
const MACHINE_ROUTES: Readonly<Record<MachineApi, readonly Row[]>> = {
  export: [
    ["/events", "exact", ["GET"]],
    ["/charts", "exact", ["GET"]],
  ],
  import: [["/events", "exact", ["POST"]]],
  // Ids of projects and of what is in them stand in the paths.
  insights: [["", "prefix", ["GET"]]],
  manage: [["", "prefix", ["GET", "POST", "PATCH", "DELETE"]]],
  mcp: [["", "exact", ["GET", "POST", "DELETE"]]],
};

const INGESTED = [
  ["track", "/track"],
  ["event", "/event"],
  ["profile", "/profile"],
  ["profile-increment", "/profile/increment"],
  ["profile-decrement", "/profile/decrement"],
] as const;

/** What the dashboard calls in the browser; no methods means all of them. */
const CALLED: readonly (readonly [name: string, ...Row])[] = [
  ["trpc", "/trpc", "prefix", ["GET", "POST"]],
  // WebSockets: events, notifications, visitors and changes of the organisation.
  ["live", "/live", "prefix", ["GET"]],
  // The assistant's own protocol chooses its methods.
  ["agents", "/ai/agents", "prefix", []],
  ["misc-favicon", "/misc/favicon", "exact", ["GET"]],
  ["misc-og", "/misc/og", "exact", ["GET"]],
  ["misc-geo", "/misc/geo", "exact", ["GET"]],
];

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
] as const;
