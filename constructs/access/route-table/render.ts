import { Certificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import { IngressRoute } from "@kubernetes-models/traefik/traefik.io/v1alpha1/IngressRoute";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import type { RouteTableProps } from "./index";
import { middlewareName, namedMiddlewares } from "./middlewares";
import type { Route, RouteClass } from "./route";

export { namedMiddlewares as middlewares };

/**
 * Priorities, highest first: what is denied wins over what is public, and so on down to what is gated; inside a class
 * the longer path wins. Traefik's own order, by rule length, would let a long gated rule win over a short denied one.
 */
const CLASS_PRIORITY: Record<RouteClass, number> = { denied: 40_000, public: 30_000, machine: 20_000, gated: 10_000 };

/** Above its own row: a preflight request carries no session. */
const PREFLIGHT = 1;

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
      routes: props.routes.flatMap((route) => rules(props, route)),
    },
  });
}

function rules(props: RouteTableProps, route: Route) {
  const rule = (match: string, priority: number, middlewares: readonly string[]) => ({
    kind: "Rule" as const,
    match,
    priority,
    middlewares: middlewares.map((name) => ({ name })),
    services: [service(props, route)],
  });
  const own = rule(matchOf(props.host, route), priorityOf(route), middlewareNames(props, route));
  if (route.class !== "gated") return [own];
  const preflight = rule(
    `${matchPath(props.host, route)} && Method(\`OPTIONS\`)`,
    priorityOf(route) + PREFLIGHT,
    middlewareNames(props, route).filter((name) => name !== middlewareName(props, "gate", route.gate)),
  );
  return [preflight, own];
}

function matchPath(host: string, route: Route): string {
  const path = route.match === "exact" ? `Path(\`${route.path}\`)` : prefix(route.path);
  return `Host(\`${host}\`) && ${path}`;
}

/** A bare PathPrefix of `/api/tools` would match `/api/toolshed` too. */
function prefix(path: string): string {
  if (path.endsWith("/")) return `PathPrefix(\`${path}\`)`;
  return `(Path(\`${path}\`) || PathPrefix(\`${path}/\`))`;
}

function matchOf(host: string, route: Route): string {
  if (route.methods === undefined) return matchPath(host, route);
  // Browsers ask before they send: what may be posted may be asked for.
  const methods = route.class === "gated" ? route.methods : [...route.methods, "OPTIONS"];
  return `${matchPath(host, route)} && (${methods.map((method) => `Method(\`${method}\`)`).join(" || ")})`;
}

function middlewareNames(props: RouteTableProps, route: Route): string[] {
  const names = [middlewareName(props, "strip-headers")];
  if (route.class === "denied") return [middlewareName(props, "deny")];
  if (route.class === "public" && route.rateLimit !== undefined) names.push(middlewareName(props, "rate", route.name));
  if (route.class === "public" && route.maxBodyBytes !== undefined)
    names.push(middlewareName(props, "body", route.name));
  if (route.class === "gated") names.push(middlewareName(props, "gate", route.gate));
  if (route.stripPrefix !== undefined) names.push(middlewareName(props, "prefix", route.stripPrefix));
  return names;
}

function service(props: RouteTableProps, route: Route) {
  // A denied request never reaches a backend, but Traefik drops a route without one.
  if (route.class === "denied") return { kind: "TraefikService" as const, name: "noop@internal" };
  const { service: name, port } = route.backend;
  const tls = props.backendTls === undefined ? {} : { scheme: "https", serversTransport: `${props.name}-tls` };
  return { kind: "Service" as const, name, port, ...tls };
}
