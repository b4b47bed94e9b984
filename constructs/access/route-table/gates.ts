import type { PortalGate } from "../portal-gate";
import type { RouteTableProps } from "./index";
import type { Route } from "./route";

/** The gates that gated rows name, each once. */
export function namedGates(routes: readonly Route[]): string[] {
  return [...new Set(routes.flatMap((route) => (route.class === "gated" ? [route.gate] : [])))];
}

/** A gate of the cluster; undefined where it has none of that name. */
export function gateOf({ gates }: Pick<RouteTableProps, "gates">, name: string): PortalGate | undefined {
  return gates !== undefined && Object.hasOwn(gates, name) ? gates[name] : undefined;
}

/** The gates that rows of a table name and the cluster has. */
export function usedGates(props: Pick<RouteTableProps, "routes" | "gates">): PortalGate[] {
  return namedGates(props.routes).flatMap((name) => gateOf(props, name) ?? []);
}
