import type { GateAddresses } from "../../access/route-table";
import { serviceHost, slug } from "../../core/names";

/** Names of a gate: pure functions, because the routes of applications use them in other stacks. */

/** A gate has a namespace of its own. */
export function gateNamespace(gate: string): string {
  return `gate-${slug(gate)}`;
}

/** Service of a gate's proxy. */
export const GATE_SERVICE = "oauth2-proxy";
export const GATE_PORT = 80;

/** Session store of a gate. */
export const SESSIONS = "sessions";

/**
 * Path below which a gate's login lives on its host; gates share the host, so each has its own. The identity provider
 * sends browsers back to `<path>/callback`.
 */
export function gatePath(gate: string): string {
  return `/oauth2/${slug(gate)}`;
}

/**
 * Where Traefik asks a gate: the root of its proxy. There a browser without a session gets the redirect to the login and
 * an XHR gets 401; `/oauth2/auth` would answer 401 to both and `/oauth2/start` would redirect for ever.
 *
 * @see https://oauth2-proxy.github.io/oauth2-proxy/features/endpoints/
 */
export function forwardAuthAddress(gate: string): string {
  return `http://${serviceHost(GATE_SERVICE, gateNamespace(gate))}/`;
}

/** The addresses of a cluster's gates. */
export function gateAddresses(gates: readonly string[]): GateAddresses {
  return Object.fromEntries(gates.map((gate) => [gate, forwardAuthAddress(gate)]));
}
