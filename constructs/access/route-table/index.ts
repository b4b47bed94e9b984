import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { declareRedirect } from "../../core/identity";
import { claimOwnership } from "../../core/ownership";
import { addRule } from "../../core/rules";
import type { ClusterTarget } from "../../kubernetes/cluster-target";
import { ManifestSet } from "../../kubernetes/manifest-set";
import type { EntryPointName } from "../entry-point";
import { gatePath, loginObjects, loginRelease, type PortalGate, type PortalGates, redirectUri } from "../portal-gate";
import type { SignOn } from "../sign-on";
import { checkTable } from "./checks";
import { usedGates } from "./gates";
import { namedMiddlewares } from "./middlewares";
import { certificate, ingressRoute } from "./render";
import type { Route, RouteClass } from "./route";

export type { HttpMethod, Route, RouteBackend, RouteClass } from "./route";
export { ROUTE_CLASSES } from "./route";

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
  readonly entryPoint: EntryPointName;
  /** ClusterIssuer of the host's certificate. */
  readonly issuer: string;
  readonly routes: readonly Route[];
  /** Gates of the cluster. @default - none, so no gated route */
  readonly gates?: PortalGates;
  /** How its people sign on; rows that contradict it are refused. @default - nobody does, or the application's own affair */
  readonly signOn?: SignOn;
  /** Environment that the host belongs to. @default - the platform itself */
  readonly environment?: string;
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
 * Each gate that a row names serves its login on this host too, and its client at the identity provider gets the host's
 * redirect URI.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/
 */
export class RouteTable extends Construct {
  readonly ready: ITerraformDependable;
  readonly listed: readonly ListedRoute[];

  constructor(
    scope: Construct,
    id: string,
    readonly props: RouteTableProps,
  ) {
    super(scope, id);
    const { routes, host } = props;
    const gates = usedGates(props);
    this.listed = [
      ...routes.map((route) => ({ host, path: listedPath(route), class: route.class })),
      ...gates.map(({ name }) => ({ host, path: `${gatePath(name)}/*`, class: "public" as const })),
    ];
    const own = new ManifestSet(this, "manifests", {
      target: props.target,
      release: props.name,
      namespace: props.namespace,
      manifests: [certificate(props), ...namedMiddlewares(props), ingressRoute(props)],
      waiting: { until: "submitted", reason: "the certificate comes from an issuer outside" },
      dependsOn: [...(props.dependsOn ?? []), ...gates.map((gate) => this.serveLogin(gate))],
    });
    this.ready = own.ready;
    // Rows of two tables could hide each other, and no check sees both.
    claimOwnership(this, "route-table", host);
    addRule(this, () => checkTable(props));
  }

  /** The gate's own pages on this host; they stand before what they open. */
  private serveLogin(gate: PortalGate): ITerraformDependable {
    const { target, namespace, host, entryPoint, environment, dependsOn } = this.props;
    declareRedirect(this, {
      provider: gate.provider,
      client: gate.client,
      uri: redirectUri(gate.name, host),
      ...(environment !== undefined && { environment }),
    });
    return new ManifestSet(this, `login-${gate.name}`, {
      target,
      release: loginRelease({ guarded: namespace }),
      namespace: gate.namespace,
      manifests: loginObjects({ gate, guarded: namespace, host, entryPoint }),
      waiting: { until: "submitted", reason: "the gate starts when the identity provider knows it" },
      dependsOn,
    }).ready;
  }
}

function listedPath({ path, match }: Route): string {
  return match === "prefix" ? `${path}${path.endsWith("/") ? "" : "/"}*` : path;
}
