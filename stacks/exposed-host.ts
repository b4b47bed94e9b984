import type { ITerraformDependable } from "cdktf";
import type { PortalGates } from "../constructs/access/portal-gate";
import { type BackendTls, type Route, RouteTable } from "../constructs/access/route-table";
import type { SignOn } from "../constructs/access/sign-on";
import { DnsRecord } from "../constructs/cloudflare";
import { LETSENCRYPT_ISSUER } from "../constructs/components/cert-manager";
import type { LayerStack } from "../constructs/core/layer-stack";
import { stackId } from "../constructs/core/names";
import type { ClusterTarget } from "../constructs/kubernetes/cluster-target";
import type { EntryPointName } from "../schema/model";
import type { ProgramContext } from "./context";

export interface ExposedHost {
  readonly target: ClusterTarget;
  readonly namespace: string;
  /** Name of the route release and prefix of its objects. */
  readonly name: string;
  readonly host: string;
  readonly entryPoint: EntryPointName;
  readonly routes: readonly Route[];
  /** How its people sign on. @default - nobody does */
  readonly signOn?: SignOn;
  /** Environment that the host belongs to. @default - the platform itself */
  readonly environment?: string;
  /** Gates of the cluster. @default - none */
  readonly gates?: PortalGates;
  readonly backendTls?: BackendTls;
  /** Name of the DNS record, when it is not the host's own: a wildcard that several hosts share. @default - the host */
  readonly record?: { readonly name: string } | "shared";
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * A host with its routes, certificate and DNS record: the stack that owns a route owns all three.
 *
 * @param address - load balancer of the entry point
 * @returns what has to be there before somebody reaches the host
 */
export function exposeHost(
  stack: LayerStack,
  context: ProgramContext,
  exposed: ExposedHost,
  address: string,
): readonly ITerraformDependable[] {
  const { host, name, entryPoint } = exposed;
  const { zone, edge } = context.zoneOf(host);
  const table = new RouteTable(stack, `host-${name}`, {
    ...exposed,
    issuer: LETSENCRYPT_ISSUER,
    zones: context.zoneNames,
  });
  context.routes.push({ stack: stack.node.id, routes: table.listed });
  if (exposed.record === "shared") return [table.ready];
  const record = new DnsRecord(stack, `dns-${name}`, {
    zoneId: stack.read(edge, "zone_id"),
    zone: zone.name,
    plan: zone.plan,
    name: exposed.record?.name ?? host,
    type: "A",
    content: address,
    // What must not be read by a proxy is DNS-only; the edge entry point admits nobody but the proxy.
    proxied: entryPoint === "edge",
    comment: `strata ${stack.node.id}`,
  });
  return [table.ready, record.ready];
}

/** The published load balancer address of a cluster's entry point. */
export function entryPointAddress(
  stack: LayerStack,
  context: ProgramContext,
  cluster: string,
  entryPoint: EntryPointName,
): string {
  return stack.read(context.ref(stackId.base(cluster)), `${entryPoint}_address`);
}
