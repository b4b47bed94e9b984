import { Certificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import { IngressRoute } from "@kubernetes-models/traefik/traefik.io/v1alpha1/IngressRoute";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import type { Visit } from "../portal-gate";
import { namedGates } from "./gates";
import type { RouteTableProps } from "./index";
import { middlewareNames } from "./middlewares";
import type { Route, RouteClass } from "./route";

/**
 * Priorities, highest first: what is denied wins over what is public, and so on down to what is gated; inside a class
 * the longer path wins. Traefik's own order, by rule length, would let a long gated rule win over a short denied one.
 */
const CLASS_PRIORITY: Record<RouteClass, number> = { denied: 40_000, public: 30_000, machine: 20_000, gated: 10_000 };

/** Longest path of a row: a longer one would reach into the priorities of the next class. */
export const LONGEST_PATH = 400;

/** Below its own row, and above every other. */
const CLOSED = -1;
/** Above its own row: who asks for a page can follow a redirect to the login. */
const PAGE = 1;
/** Above both: a preflight request carries no session. */
const PREFLIGHT = 2;

export function priorityOf(route: Route): number {
  const exact = route.match === "exact" ? 10 : 0;
  return CLASS_PRIORITY[route.class] + route.path.length * 20 + exact;
}

/** The certificate of the host, in the namespace of its routes. */
export function certificate(props: RouteTableProps): ManifestObject {
  return new Certificate({
    metadata: { name: `${props.name}-tls`, namespace: props.namespace },
    spec: {
      secretName: `${props.name}-tls`,
      dnsNames: [props.host],
      issuerRef: { kind: "ClusterIssuer", name: props.issuer },
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
    },
  });
}

export function ingressRoute(props: RouteTableProps): ManifestObject {
  return new IngressRoute({
    metadata: { name: props.name, namespace: props.namespace },
    spec: {
      entryPoints: [props.entryPoint],
      tls: { secretName: `${props.name}-tls` },
      routes: [...props.routes.flatMap((route) => rules(props, route)), ...closed(props)],
    },
  });
}

/** Nothing answers there: Traefik's own service for routes without one says 418. */
const NOBODY = { kind: "TraefikService" as const, name: "noop@internal" };

function rules(props: RouteTableProps, route: Route) {
  const host = `Host(\`${props.host}\`)`;
  const rule = (match: string, priority: number, visit?: Visit) => ({
    kind: "Rule" as const,
    match: `${host} && ${match}`,
    priority,
    middlewares: middlewareNames(props, route, visit).map((name) => ({ name })),
    services: [service(props, route)],
  });
  const own = priorityOf(route);
  if (route.class !== "gated") return [rule(condition(route), own)];
  return [
    rule(`${pathOf(route)} && Method(\`OPTIONS\`)`, own + PREFLIGHT),
    rule(`${condition(route)} && HeaderRegexp(\`Accept\`, \`text/html\`)`, own + PAGE, "page"),
    rule(condition(route), own, "script"),
    // Without its gate's middlewares a row falls to a wider one, which may be behind a gate that admits others.
    ...(namedGates(props.routes).length > 1 ? [fallback(`${host} && ${condition(route)}`, own + CLOSED)] : []),
  ];
}

/** A rule that opens nothing and has no middleware that could be missing. */
function fallback(match: string, priority: number) {
  return { kind: "Rule" as const, match, priority, services: [NOBODY] };
}

/**
 * Below all denied rows, and above everything else: Traefik leaves a rule out whose middleware is not there, and without
 * this one the request would fall to a row that opens.
 */
function closed(props: RouteTableProps) {
  const denied = props.routes.filter((route) => route.class === "denied").map(condition);
  if (denied.length === 0) return [];
  return [fallback(`Host(\`${props.host}\`) && (${denied.join(" || ")})`, CLASS_PRIORITY.denied)];
}

function pathOf({ match, path }: Route): string {
  if (match === "exact") return `Path(\`${path}\`)`;
  // A bare PathPrefix of `/api/tools` would match `/api/toolshed` too.
  return path.endsWith("/") ? `PathPrefix(\`${path}\`)` : `(Path(\`${path}\`) || PathPrefix(\`${path}/\`))`;
}

/** What a request has to be for a row, beside its host. */
function condition(route: Route): string {
  if (route.methods === undefined) return pathOf(route);
  // Browsers ask before they send: what may be posted may be asked for.
  const methods = route.class === "gated" ? route.methods : [...route.methods, "OPTIONS"];
  return `${pathOf(route)} && (${methods.map((method) => `Method(\`${method}\`)`).join(" || ")})`;
}

function service(props: RouteTableProps, route: Route) {
  // A denied request never reaches a backend, but Traefik drops a route without one.
  if (route.class === "denied") return NOBODY;
  const { service: name, port } = route.backend;
  const tls = props.backendTls === undefined ? {} : { scheme: "https", serversTransport: `${props.name}-tls` };
  return { kind: "Service" as const, name, port, ...tls };
}
