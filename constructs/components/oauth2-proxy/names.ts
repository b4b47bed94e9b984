import type { PortalGate, PortalGates } from "../../access/portal-gate";
import type { IdentityProvider } from "../../core/identity";
import { slug } from "../../core/names";

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

/** Name of a gate's client at the identity provider. */
export function gateClientId(cluster: string, gate: string): string {
  return `gate-${slug(cluster)}-${slug(gate)}`;
}

/** A gate of a cluster, as the routes that it guards refer to it. */
export function portalGate(cluster: string, gate: string, provider: IdentityProvider): PortalGate {
  return {
    name: gate,
    namespace: gateNamespace(gate),
    service: GATE_SERVICE,
    port: GATE_PORT,
    provider,
    client: gateClientId(cluster, gate),
  };
}

/** The gates of a cluster. */
export function portalGates(cluster: string, gates: readonly string[], provider: IdentityProvider): PortalGates {
  return Object.fromEntries(gates.map((gate) => [gate, portalGate(cluster, gate, provider)]));
}
