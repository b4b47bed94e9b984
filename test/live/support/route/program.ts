import type { RouteTableProps } from "../../../../constructs/access/route-table";
import { gateClientId } from "../../../../constructs/components/oauth2-proxy";
import { TRAEFIK_NAMESPACE } from "../../../../constructs/components/traefik";
import type { JsonObject } from "../../../../constructs/core/json";
import { type Destination, type Gate, nameOf } from "../../../../sandbox/live/traffic";
import { loadExample, synthesize } from "../../../helpers/examples";
import { at, releasesOf } from "../../../helpers/releases";
import { takeTables } from "./recorded-tables";

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
  readonly identity: Destination;
}

export function renderCluster(example: "acme" | "minimal", cluster: string): RenderedCluster {
  const { tables: all, releases } = render(example);
  const tables = all.filter(({ target }) => target.cluster === cluster);
  const here = releases.filter((release) => release.cluster === cluster);
  const traefik = here.find(({ name }) => name === "traefik");
  if (traefik === undefined) throw new Error(`Cluster ${cluster} has no release of Traefik.`);
  const addresses = new Map(tables.flatMap(({ gates }) => Object.entries(gates ?? {})));
  const gates = [...addresses].map(([name, address]): Gate => {
    const destination = destinationOf(address);
    const release = here.find((each) => each.namespace === destination.namespace && each.name === "oauth2-proxy");
    const toml = at(release?.values, "config", "configFile");
    if (typeof toml !== "string") throw new Error(`Gate ${name} has no configuration.`);
    return { name, address, destination, toml, clientId: gateClientId(cluster, name) };
  });
  const destinations = new Map(tables.flatMap(destinationsOf).map((each) => [nameOf(each), each]));
  const issuer = /^oidc_issuer_url = "https:\/\/(.+)"$/m.exec(gates[0]?.toml ?? "")?.[1];
  const identity = tables.filter(({ host }) => host === issuer).flatMap(destinationsOf)[0];
  if (identity === undefined) throw new Error(`No route leads to the identity provider ${issuer}.`);
  return {
    tables,
    objects: here.flatMap(({ objects }) => objects.map(({ json }) => json)),
    proxy: { namespace: TRAEFIK_NAMESPACE, values: traefik.values },
    gates,
    destinations: [...destinations.values()],
    identity,
  };
}

/** The backends of a table. */
export function destinationsOf({ namespace, routes, backendTls: tls }: RouteTableProps): Destination[] {
  return routes.flatMap((route) => ("backend" in route ? [{ namespace, ...route.backend, ...(tls && { tls }) }] : []));
}

/** The Service behind an address of the cluster's own network. */
function destinationOf(address: string): Destination {
  const { hostname, port } = new URL(address);
  const [service = "", namespace = ""] = hostname.split(".");
  return { namespace, service, port: Number(port || 80) };
}

const rendered = new Map<string, ReturnType<typeof synthesized>>();

function render(example: "acme" | "minimal") {
  const known = rendered.get(example) ?? synthesized(example);
  rendered.set(example, known);
  return known;
}

function synthesized(example: "acme" | "minimal") {
  const { stacks } = synthesize(loadExample(example));
  const tables = takeTables();
  if (tables.length === 0) throw new Error("The program made no route table: nothing would be tested.");
  return { tables, releases: releasesOf(stacks) };
}
