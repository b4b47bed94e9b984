import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { isHostBelow } from "../../core/hosts";
import { claimOwnership } from "../../core/ownership";
import { addRule, type Finding } from "../../core/rules";
import type { ClusterTarget } from "../../kubernetes/cluster-target";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { certificate, ingressRoute, middlewares } from "./render";
import type { Route, RouteClass } from "./route";

export type { HttpMethod, Route, RouteBackend, RouteClass } from "./route";
export { ROUTE_CLASSES } from "./route";

/** Where a gate asks whether a request may pass, by gate name. */
export type GateAddresses = Readonly<Record<string, string>>;

/** How Traefik reaches a backend that speaks TLS with a certificate of the internal CA. */
export interface BackendTls {
  readonly serverName: string;
  /** Secret of the namespace whose `ca.crt` signed the backend's certificate. */
  readonly caSecret: string;
}

export interface RouteTableProps {
  readonly target: ClusterTarget;
  /** Namespace of the backends; every object of the table lives there. */
  readonly namespace: string;
  /** Name of the release and prefix of its objects. */
  readonly name: string;
  readonly host: string;
  /** Name of the cluster's entry point that serves the host. */
  readonly entryPoint: "edge" | "machine";
  /** ClusterIssuer of the host's certificate. */
  readonly issuer: string;
  readonly routes: readonly Route[];
  /** Gates of the cluster. @default - none, so no gated route */
  readonly gates?: GateAddresses;
  /** @default - plain HTTP inside the cluster */
  readonly backendTls?: BackendTls;
  /** Zones that the program owns: the host must be in one of them. */
  readonly zones: readonly string[];
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A row as the program's report shows it. */
export interface ListedRoute {
  readonly host: string;
  readonly path: string;
  readonly class: RouteClass;
}

/**
 * The routes of one host, as data with a class each, rendered as Traefik routes with explicit priorities, the
 * certificate and the middlewares in the application's own namespace. It fails closed: a gated route whose gate is
 * missing is refused, never rendered open.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/
 */
export class RouteTable extends Construct {
  readonly ready: ITerraformDependable;
  readonly listed: readonly ListedRoute[];

  constructor(scope: Construct, id: string, props: RouteTableProps) {
    super(scope, id);
    this.listed = props.routes.map((route) => ({
      host: props.host,
      path: route.match === "prefix" ? `${route.path}${route.path.endsWith("/") ? "" : "/"}*` : route.path,
      class: route.class,
    }));
    this.ready = new ManifestSet(this, "manifests", {
      target: props.target,
      release: props.name,
      namespace: props.namespace,
      manifests: [certificate(props), ...middlewares(props), ingressRoute(props)],
      waiting: { until: "submitted", reason: "the certificate comes from an issuer outside" },
      dependsOn: props.dependsOn,
    }).ready;
    for (const route of props.routes) claimOwnership(this, "route", routeKey(props.host, route));
    addRule(this, () => [...checkHost(props), ...checkGates(props), ...checkOverlaps(props.routes)]);
  }
}

/** One owner for each host, path and set of methods. */
function routeKey(host: string, route: Route): string {
  const methods = route.methods === undefined ? "" : ` ${[...route.methods].sort().join(",")}`;
  return `${host}${route.path}${route.match === "prefix" ? "*" : ""}${methods}`;
}

function checkHost(props: RouteTableProps): Finding[] {
  if (props.zones.some((zone) => isHostBelow(props.host, zone))) return [];
  return [
    {
      problem: "host is outside every zone of the platform",
      value: props.host,
      fix: `Use a host below ${props.zones.join(" or ")}, or add its zone to platform.yaml.`,
    },
  ];
}

function checkGates(props: RouteTableProps): Finding[] {
  const gates = Object.keys(props.gates ?? {});
  return props.routes.flatMap((route) =>
    route.class !== "gated" || gates.includes(route.gate)
      ? []
      : [
          {
            problem: `gated route ${route.name} (${props.host}${route.path}) names a gate that the cluster does not have`,
            value: route.gate,
            fix: gates.length === 0 ? "Declare the gate under the cluster's gates." : `Use one of ${gates.join(", ")}.`,
          },
        ],
  );
}

/** Two rows that match the same requests must not be of different classes at equal priority. */
function checkOverlaps(routes: readonly Route[]): Finding[] {
  const seen = new Map<string, Route>();
  return routes.flatMap((route) => {
    const key = `${route.match} ${route.path} ${[...(route.methods ?? [])].sort().join(",")}`;
    const other = seen.get(key);
    seen.set(key, route);
    if (other === undefined || other.class === route.class) return [];
    return [
      {
        problem: `routes ${other.name} (${other.class}) and ${route.name} (${route.class}) match the same requests`,
        value: route.path,
        fix: "Keep one of them, or split them by methods or path.",
      },
    ];
  });
}
