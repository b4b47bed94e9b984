import { isDeepStrictEqual } from "node:util";
import { Middleware } from "@kubernetes-models/traefik/traefik.io/v1alpha1/Middleware";
import { ServersTransport } from "@kubernetes-models/traefik/traefik.io/v1alpha1/ServersTransport";
import { slug } from "../../core/names";
import type { Finding } from "../../core/rules";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import { rateLimit } from "../entry-point";
import { cleanHeaders } from "../headers";
import { gateMiddleware, type Visit } from "../portal-gate";
import { gateOf } from "./gates";
import type { RouteTableProps } from "./index";
import type { Route } from "./route";

type Kind = "strip-headers" | "deny" | "rate" | "body" | "gate" | "gate-scripts" | "prefix" | "uncached";

/** Name of a middleware of a table; `subject` is the route, the gate or the prefix it serves. */
export function middlewareName(props: { readonly name: string }, kind: Kind, subject = ""): string {
  const suffix = slug(subject.replaceAll("/", ""));
  return [props.name, kind, suffix].filter((part) => part !== "").join("-");
}

/** Names of what a row's requests pass, in that order; a gate only where the row and the visit ask one. */
export function middlewareNames(props: RouteTableProps, route: Route, visit?: Visit): string[] {
  if (route.class === "denied") return [middlewareName(props, "deny")];
  const names = [middlewareName(props, "strip-headers")];
  if (route.class !== "gated" && route.rateLimit !== undefined) names.push(middlewareName(props, "rate", route.name));
  if (route.class !== "gated" && route.maxBodyBytes !== undefined)
    names.push(middlewareName(props, "body", route.name));
  if (route.class === "gated" && visit !== undefined) {
    if (props.entryPoint === "edge") names.push(middlewareName(props, "uncached"));
    names.push(gateName(props, route.gate, visit));
  }
  if (route.stripPrefix !== undefined) names.push(middlewareName(props, "prefix", route.stripPrefix));
  return names;
}

function gateName(props: RouteTableProps, gate: string, visit: Visit): string {
  return middlewareName(props, visit === "page" ? "gate" : "gate-scripts", gate);
}

/**
 * Keeps gated answers out of Cloudflare's cache, and leaves the browser's alone. Cloudflare stores whatever is called like
 * a script, an image or a document, and would hand it to the next who asks without asking the gate.
 *
 * @see https://developers.cloudflare.com/cache/concepts/default-cache-behavior/
 * @see https://developers.cloudflare.com/cache/concepts/cdn-cache-control/
 */
const UNCACHED = { headers: { customResponseHeaders: { "Cloudflare-CDN-Cache-Control": "no-store" } } };

type Spec = NonNullable<ConstructorParameters<typeof Middleware>[0]>["spec"];

/** Every middleware (and backend transport) that the rows of a table use, once. */
export function namedMiddlewares(props: RouteTableProps): ManifestObject[] {
  const { namespace } = props;
  const middlewares = [...new Map(specifications(props))].map(
    ([name, spec]) => new Middleware({ metadata: { name, namespace }, spec }),
  );
  return [...middlewares, ...transport(props)];
}

/** Two middlewares of one name: the later one would stand in the place of the other, without a word. */
export function checkNames(props: RouteTableProps): Finding[] {
  const first = new Map<string, Spec>();
  const repeated = new Set<string>();
  for (const [name, spec] of specifications(props)) {
    const other = first.get(name);
    if (other === undefined) first.set(name, spec);
    else if (!isDeepStrictEqual(other, spec)) repeated.add(name);
  }
  return [...repeated].map((value) => ({
    problem: `two middlewares of ${props.host} have one name`,
    value,
    fix: "Rename one of the rows, gates or prefixes that it is made of.",
  }));
}

/** What the rows need, as often as they need it. */
function specifications(props: RouteTableProps): (readonly [name: string, spec: Spec])[] {
  const specs: (readonly [string, Spec])[] = [];
  const add = (name: string, spec: Spec) => {
    specs.push([name, spec]);
  };
  add(middlewareName(props, "strip-headers"), cleanHeaders(props.host, props.entryPoint));
  for (const route of props.routes) {
    if (route.class === "denied") {
      // Traefik has no middleware that refuses; an allow list of an address that no client has answers 403.
      add(middlewareName(props, "deny"), { ipAllowList: { sourceRange: ["255.255.255.255/32"] } });
      continue;
    }
    if (route.class !== "gated" && route.rateLimit !== undefined) {
      add(middlewareName(props, "rate", route.name), rateLimit(route.rateLimit, props.entryPoint));
    }
    if (route.class !== "gated" && route.maxBodyBytes !== undefined) {
      add(middlewareName(props, "body", route.name), { buffering: { maxRequestBodyBytes: route.maxBodyBytes } });
    }
    const gate = route.class === "gated" ? gateOf(props, route.gate) : undefined;
    if (gate !== undefined) {
      if (props.entryPoint === "edge") add(middlewareName(props, "uncached"), UNCACHED);
      for (const visit of ["page", "script"] as const) {
        add(gateName(props, gate.name, visit), gateMiddleware(gate, visit));
      }
    }
    if (route.stripPrefix !== undefined) {
      add(middlewareName(props, "prefix", route.stripPrefix), { stripPrefix: { prefixes: [route.stripPrefix] } });
    }
  }
  return specs;
}

function transport(props: RouteTableProps): ManifestObject[] {
  if (props.backendTls === undefined) return [];
  return [
    new ServersTransport({
      metadata: { name: `${props.name}-tls`, namespace: props.namespace },
      spec: { serverName: props.backendTls.serverName, rootCAs: [{ secret: props.backendTls.caSecret }] },
    }),
  ];
}
