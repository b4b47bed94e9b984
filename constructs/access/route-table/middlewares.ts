import { Middleware } from "@kubernetes-models/traefik/traefik.io/v1alpha1/Middleware";
import { ServersTransport } from "@kubernetes-models/traefik/traefik.io/v1alpha1/ServersTransport";
import { slug } from "../../core/names";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import type { RouteTableProps } from "./index";

type Kind = "strip-headers" | "deny" | "rate" | "body" | "gate" | "prefix";

/** Name of a middleware of a table; `subject` is the route, the gate or the prefix it serves. */
export function middlewareName(props: { readonly name: string }, kind: Kind, subject = ""): string {
  const suffix = slug(subject.replaceAll("/", ""));
  return [props.name, kind, suffix].filter((part) => part !== "").join("-");
}

/**
 * Headers that claim an identity or a client address. Nobody outside may set them: a public route would pass a forged
 * one straight through to the application.
 */
export const STRIPPED_HEADERS = [
  "X-Auth-Request-User",
  "X-Auth-Request-Email",
  "X-Auth-Request-Groups",
  "X-Auth-Request-Preferred-Username",
  "X-Auth-Request-Access-Token",
  "X-Forwarded-User",
  "X-Forwarded-Email",
  "X-Forwarded-Groups",
  "Openpanel-Client-Ip",
  "True-Client-Ip",
  "X-Client-Ip",
];

/** Largest answer of a gate that Traefik reads: it needs the status and a few headers. */
const GATE_RESPONSE_BYTES = 65_536;

/**
 * Which address of `X-Forwarded-For`, from the right, is the client's; 0 is who connected. At `edge` that is Cloudflare,
 * which adds the client: counting connections there would give all clients of one of its servers a single limit.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/ratelimit/
 */
const FORWARDED: Readonly<Record<RouteTableProps["entryPoint"], number>> = { edge: 1, machine: 0 };

/** Every middleware (and backend transport) that the rows of a table use, once. */
export function namedMiddlewares(props: RouteTableProps): ManifestObject[] {
  const specs = new Map<string, ConstructorParameters<typeof Middleware>[0]>();
  const add = (name: string, spec: NonNullable<ConstructorParameters<typeof Middleware>[0]>["spec"]) => {
    specs.set(name, { metadata: { name, namespace: props.namespace }, spec });
  };
  add(middlewareName(props, "strip-headers"), {
    headers: { customRequestHeaders: Object.fromEntries(STRIPPED_HEADERS.map((header) => [header, ""])) },
  });
  for (const route of props.routes) {
    if (route.class === "denied") {
      // Traefik has no middleware that refuses; an allow list of an address that no client has answers 403.
      add(middlewareName(props, "deny"), { ipAllowList: { sourceRange: ["255.255.255.255/32"] } });
      continue;
    }
    if (route.class === "public" && route.rateLimit !== undefined) {
      const sourceCriterion = { ipStrategy: { depth: FORWARDED[props.entryPoint] } };
      add(middlewareName(props, "rate", route.name), { rateLimit: { ...route.rateLimit, sourceCriterion } });
    }
    if (route.class === "public" && route.maxBodyBytes !== undefined) {
      add(middlewareName(props, "body", route.name), { buffering: { maxRequestBodyBytes: route.maxBodyBytes } });
    }
    const address = route.class === "gated" ? props.gates?.[route.gate] : undefined;
    if (route.class === "gated" && address !== undefined) add(middlewareName(props, "gate", route.gate), gate(address));
    if (route.stripPrefix !== undefined) {
      add(middlewareName(props, "prefix", route.stripPrefix), { stripPrefix: { prefixes: [route.stripPrefix] } });
    }
  }
  return [...[...specs.values()].map((spec) => new Middleware(spec)), ...transport(props)];
}

/**
 * ForwardAuth to the root of the gate's proxy: a browser without a session gets the redirect to the login, an XHR gets
 * 401. The proxy's `/oauth2/auth` would answer 401 to both.
 */
function gate(address: string) {
  return {
    forwardAuth: {
      address,
      trustForwardHeader: false,
      authResponseHeaders: ["X-Auth-Request-User", "X-Auth-Request-Email"],
      maxResponseBodySize: GATE_RESPONSE_BYTES,
    },
  };
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
