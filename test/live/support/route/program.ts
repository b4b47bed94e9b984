import { gateAddress, type PortalGate } from "../../../../constructs/access/portal-gate";
import { RouteTable, type RouteTableProps } from "../../../../constructs/access/route-table";
import { TRAEFIK_NAMESPACE } from "../../../../constructs/components/traefik";
import { type IdentityDocument, identityDocument } from "../../../../constructs/core/identity";
import type { JsonObject } from "../../../../constructs/core/json";
import { type Destination, type Gate, nameOf } from "../../../../sandbox/live/traffic";
import { loadExample, synthesize } from "../../../helpers/examples";
import { at, type Release, releasesOf } from "../../../helpers/releases";

/** The route tables of an example, of all its clusters. */
export function tablesOf(example: "acme" | "minimal"): readonly RouteTableProps[] {
  return render(example).tables;
}

/** What the program renders for the routes of one cluster. */
export interface RenderedCluster {
  readonly tables: readonly RouteTableProps[];
  /** Every object of its manifest sets. */
  readonly objects: readonly JsonObject[];
  readonly proxy: { readonly namespace: string; readonly values: JsonObject };
  readonly gates: readonly Gate[];
  readonly destinations: readonly Destination[];
  /** What is declared of the identity provider, and where it stands. */
  readonly document: IdentityDocument;
  readonly identity: Destination;
  /** Whether an object stands in this cluster, not in that of the identity provider. */
  readonly isOwn: (object: JsonObject) => boolean;
}

export function renderCluster(example: "acme" | "minimal", cluster: string): RenderedCluster {
  const { tables: all, releases, document } = render(example);
  const url = document.providers[0]?.url;
  const login = all.find(({ host }) => `https://${host}` === url);
  const [identity] = login === undefined ? [] : destinationsOf(login);
  if (login === undefined || identity === undefined) throw new Error(`No route leads to the identity provider ${url}.`);
  // The identity provider of another cluster is played beside this one's hosts, with its own routes.
  const tables = all.filter((table) => table.target.cluster === cluster || table === login);
  const here = releases.filter((release) => release.cluster === cluster);
  const elsewhere = releases.filter(
    (release) => release.cluster === login.target.cluster && release.namespace === login.namespace,
  );
  const own = new Set(here.flatMap(({ objects }) => objects.map(({ json }) => json)));
  const gates = new Map(tables.flatMap(gatesOf).map((gate) => [gate.name, gateOf(gate, here)]));
  const destinations = new Map(tables.flatMap(destinationsOf).map((each) => [nameOf(each), each]));
  return {
    tables,
    objects: [...new Set([...here, ...elsewhere])].flatMap(({ objects }) => objects.map(({ json }) => json)),
    proxy: { namespace: TRAEFIK_NAMESPACE, values: valuesOf(here, TRAEFIK_NAMESPACE, "traefik") },
    gates: [...gates.values()],
    destinations: [...destinations.values()],
    document,
    identity,
    isOwn: (object) => own.has(object),
  };
}

/** The gates that rows of a table name. */
export function gatesOf({ routes, gates = {} }: RouteTableProps): PortalGate[] {
  const names = new Set(routes.flatMap((route) => (route.class === "gated" ? [route.gate] : [])));
  return [...names].flatMap((name) => gates[name] ?? []);
}

/** The backends of a table. */
export function destinationsOf({ namespace, routes, backendTls: tls }: RouteTableProps): Destination[] {
  return routes.flatMap((route) => ("backend" in route ? [{ namespace, ...route.backend, ...(tls && { tls }) }] : []));
}

function gateOf(gate: PortalGate, releases: readonly Release[]): Gate {
  const { name, namespace, service, port } = gate;
  const proxy = valuesOf(releases, namespace, "oauth2-proxy");
  const store = new URL(String(at(proxy, "sessionStorage", "redis", "standalone", "connectionUrl"))).hostname;
  return {
    name,
    destination: { namespace, service, port },
    host: new URL(gateAddress(gate, "page")).host,
    proxy,
    store: valuesOf(releases, namespace, store),
    clientId: gate.client,
  };
}

function valuesOf(releases: readonly Release[], namespace: string, name: string): JsonObject {
  const release = releases.find((each) => each.namespace === namespace && each.name === name);
  if (release === undefined) throw new Error(`There is no release ${name} in namespace ${namespace}.`);
  return release.values;
}

const rendered = new Map<string, ReturnType<typeof synthesized>>();

function render(example: "acme" | "minimal") {
  const known = rendered.get(example) ?? synthesized(example);
  rendered.set(example, known);
  return known;
}

function synthesized(example: "acme" | "minimal") {
  const { context, stacks } = synthesize(loadExample(example));
  const tables = context.app.node.findAll().flatMap((each) => (each instanceof RouteTable ? [each.props] : []));
  if (tables.length === 0) throw new Error("The program made no route table: nothing would be tested.");
  return { tables, releases: releasesOf(stacks), document: identityDocument(context.app) };
}
