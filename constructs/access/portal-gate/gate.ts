import type { IdentityProvider } from "../../core/identity";
import { serviceHost, slug } from "../../core/names";

/**
 * A Portal Gate as routes refer to it: a proxy that knows who somebody is, with a session of its own on each host that
 * it guards. All of it follows from the configuration, so a route in another stack needs no state.
 */
export interface PortalGate {
  /** Name of the gate in its cluster; a gated route names it. */
  readonly name: string;
  /** Namespace of its proxy. */
  readonly namespace: string;
  /** Service of its proxy, and the port. */
  readonly service: string;
  readonly port: number;
  /** The provider that it asks, and the name of its client there: each guarded host adds a redirect URI to that. */
  readonly provider: IdentityProvider;
  readonly client: string;
}

/** Gates of a cluster, by name. */
export type PortalGates = Readonly<Record<string, PortalGate>>;

/**
 * Path below which a gate serves its own pages on every host that it guards: the login, its way back and the logout. Two
 * gates may guard one host, so each has its own.
 */
export function gatePath(gate: string): string {
  return `/oauth2/${slug(gate)}`;
}

/** Where the identity provider sends people back to who logged in to a host. */
export function redirectUri(gate: string, host: string): string {
  return `https://${host}${gatePath(gate)}/callback`;
}

/** Who asks a gate: a page that somebody opens, or anything that a page or a program loads. */
export type Visit = "page" | "script";

/**
 * Where Traefik asks about a visit. The root of the proxy answers a page without a session with the redirect to the
 * login; its `auth` page answers 401 and never redirects, which a script could not follow.
 *
 * @see https://oauth2-proxy.github.io/oauth2-proxy/features/endpoints/
 */
export function gateAddress({ name, service, namespace, port }: PortalGate, visit: Visit): string {
  const origin = `http://${serviceHost(service, namespace)}${port === 80 ? "" : `:${port}`}`;
  return visit === "page" ? `${origin}/` : `${origin}${gatePath(name)}/auth`;
}
