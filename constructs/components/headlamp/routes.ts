import type { Route } from "../../access/route-table";
import { CONTEXT, HEADLAMP, HEADLAMP_PORT } from "./names";

/**
 * Everything stands behind the gate, and only what a page needs: its service account may change nothing, so no method
 * that changes something is let through (asking what is allowed is a POST).
 *
 * What Headlamp can do beside showing objects is denied, whatever the role says: open connections to pods, services and
 * other hosts for whoever asks, empty a node, and keep a token that somebody pastes.
 */
export function routes(gate: string): Route[] {
  const denied = (name: string, path: string): Route => ({ name, class: "denied", path, match: "prefix" });
  return [
    denied("port-forward", `/clusters/${CONTEXT}/portforward`),
    denied("service-proxy", `/clusters/${CONTEXT}/serviceproxy`),
    denied("external-proxy", "/externalproxy"),
    denied("drain-node", "/drain-node"),
    denied("cluster-token", `/clusters/${CONTEXT}/set-token`),
    denied("token", "/auth/set-token"),
    {
      name: "pages",
      class: "gated",
      gate,
      path: "/",
      match: "prefix",
      methods: ["GET", "HEAD", "POST"],
      backend: { service: HEADLAMP, port: HEADLAMP_PORT },
    },
  ];
}
