/** Clusters: a profile's settings with a cluster's own laid over them. */
import { BUILT_IN } from "../built-in-profiles";
import type { ClusterSettings } from "../cluster";
import { nearest, suggest } from "../load/nearest";
import type { Cluster } from "../model";
import { orList } from "../words";
import { checkRegion } from "./catalogue";
import { deriveCidr } from "./cidr";
import { checkComponents, resolveComponents, resolveEntryPoints } from "./components";
import { type Context, checkSlugs, checkWords, inPlatform } from "./context";
import { checkCidr, type PlacedNetwork } from "./networks";
import { overlay } from "./overlay";
import { checkSpread, resolvePools } from "./pools";
import { below, type Place } from "./report";

/** A cluster as asked for, in platform.yaml or by a dedicated environment. */
export interface ClusterRequest {
  readonly name: string;
  readonly region: string;
  readonly version: string;
  readonly central: boolean;
  readonly dedicatedTo?: string;
  readonly profile: string;
  readonly settings: ClusterSettings & { readonly network?: string; readonly cidr?: string };
  readonly place: Place;
}

/** A cluster with the network it brings along, if that is its own. */
export interface PlacedCluster {
  readonly cluster: Cluster;
  /** Where it is declared. */
  readonly place: Place;
  /** What its own declaration says, without its profile. */
  readonly written: ClusterSettings;
  readonly network?: PlacedNetwork;
}

/** The clusters of platform.yaml. */
export function platformClusters(context: Context, central: string | undefined): PlacedCluster[] {
  const named = context.mentioned("clusters").map((name) => ({ name, place: inPlatform(context, "clusters", name) }));
  checkSlugs(context, "cluster", named);
  for (const { name, place } of named) checkWords(context, "cluster", name, place);
  return Object.entries(context.document.clusters).map(([name, document]) => {
    const { region, version, central: _, profile = "platform", ...settings } = document;
    const place = inPlatform(context, "clusters", name);
    return resolveCluster(context, { name, region, version, central: name === central, profile, settings, place });
  });
}

/** The cluster that carries Vault and the identity provider. */
export function findCentral(context: Context): string | undefined {
  const clusters = Object.entries(context.document.clusters);
  const chosen = clusters.filter(([, cluster]) => cluster.central === true).map(([name]) => name);
  const [first] = clusters;
  if (chosen.length > 1) {
    const at = inPlatform(context, "clusters", chosen[1] ?? "", "central");
    context.report.add(at, `${chosen.length} clusters are central: ${chosen.join(", ")}`, "Keep central: true on one.");
  }
  if (chosen.length > 0 || !context.intact("clusters")) return chosen[0] ?? first?.[0];
  const place = inPlatform(context, "clusters");
  if (first === undefined) {
    context.report.add(place, "there is no cluster", "Add one; it carries Vault and the identity provider.");
  } else if (clusters.length > 1) {
    const fix = `Set central: true on ${orList(clusters.map(([name]) => name))}.`;
    context.report.add(place, "no cluster is central", fix);
  } else if (first[1].central === false) {
    const fix = "Leave central out: the only cluster carries Vault and the identity provider.";
    context.report.add(inPlatform(context, "clusters", first[0], "central"), "no cluster is central", fix, false);
  }
  return first?.[0];
}

/** A cluster with everything it inherits. */
export function resolveCluster(context: Context, request: ClusterRequest): PlacedCluster {
  const { name, region, version, central, place } = request;
  const profile = context.profiles.get(request.profile);
  if (profile === undefined && !context.profiles.known.has(request.profile)) {
    const fix = suggest(request.profile, context.profiles.known, "profile");
    context.report.add(below(place, "profile"), `there is no profile ${request.profile}`, fix, request.profile);
  }
  checkRegion(context, region, below(place, "region"));
  const { network: _network, cidr: _cidr, ...own } = request.settings;
  // Without its profile it is taken for the platform's, so that what follows is not told for the profile's sake.
  const settings = overlay(profile?.cluster ?? BUILT_IN.platform.cluster, own);
  const highlyAvailable = settings.highlyAvailable ?? false;
  const protection = settings.protection ?? "retain";
  const replicas = settings.replicas ?? (highlyAvailable ? 3 : 1);
  const gates = settings.gates ?? {};
  const gated = Object.keys(gates).length > 0;
  const nodePools = resolvePools(context, name, settings.nodePools, below(place, "nodePools"));
  checkSpread(context, name, nodePools, replicas, below(place, "nodePools"));
  checkComponents(context, { name, own, settings, central, gated }, place);
  const network = resolveNetwork(context, request, protection);
  const cluster: Cluster = {
    name,
    region,
    version,
    network: network.name,
    central,
    ...(request.dedicatedTo === undefined ? {} : { dedicatedTo: request.dedicatedTo }),
    highlyAvailable,
    firewall: settings.firewall ?? false,
    protection,
    nodePools,
    components: resolveComponents({ settings, central, gated, stored: context.document.backups !== undefined }),
    gates,
    entryPoints: resolveEntryPoints(context, settings, place),
    replicas,
  };
  const placed = { cluster, place, written: own };
  return network.own === undefined ? placed : { ...placed, network: network.own };
}

function resolveNetwork(
  context: Context,
  { name, region, settings, place }: ClusterRequest,
  protection: Cluster["protection"],
): { readonly name: string; readonly own?: PlacedNetwork } {
  const wanted = settings.network ?? name;
  const shared = context.networks.get(wanted);
  const known = context.mentioned("networks");
  if (shared === undefined && !known.includes(wanted)) {
    if (settings.network !== undefined) {
      const close = nearest(wanted, known);
      const fix =
        close.length > 0 ? `Did you mean ${orList(close)}?` : "Add it to networks in platform.yaml, or leave this out.";
      context.report.add(below(place, "network"), `there is no network ${wanted}`, fix, wanted);
      return { name: wanted };
    }
    const at = below(place, "cidr");
    checkCidr(context, settings.cidr, at);
    const network = { name, region, cidr: settings.cidr ?? deriveCidr(name), protection };
    return { name, own: { network, place: at } };
  }
  if (settings.cidr !== undefined) {
    const fix = `Set cidr on network ${wanted} in platform.yaml.`;
    context.report.add(
      below(place, "cidr"),
      `cluster ${name} has no network of its own, so it has no range`,
      fix,
      settings.cidr,
    );
  }
  if (shared !== undefined && shared.region !== region) {
    const problem = `cluster ${name} is in ${region}, its network ${wanted} in ${shared.region}`;
    context.report.add(
      below(place, settings.network === undefined ? "region" : "network"),
      problem,
      "A network has one region: use another network.",
    );
  }
  if (shared?.protection === "delete" && protection === "retain") {
    const fix = `Set protection: retain on network ${wanted}.`;
    context.report.add(below(place, "network"), `cluster ${name} is retained, its network ${wanted} is not`, fix);
  }
  return { name: wanted };
}
