/** From documents to the model. */
import type { Platform } from "../model";
import { checkBackupStore, resolveBackupStore } from "./backups";
import { checkCarried } from "./carried";
import { findCentral, platformClusters } from "./clusters";
import { type Context, checkSlugs, inPlatform } from "./context";
import { resolveDeployers } from "./deployers";
import { namePlace, resolveEnvironment, type WrittenEnvironment } from "./environments";
import { checkPrimaries } from "./hosts";
import { checkNetworks, checkOverlaps, type PlacedNetwork } from "./networks";
import { resolveZones } from "./zones";

/** Resolves and cross-checks everything; the result is good only if nothing was reported. */
export function resolvePlatform(context: Context, written: readonly WrittenEnvironment[]): Platform {
  const { document } = context;
  const zones = resolveZones(context);
  checkNetworks(context);
  const central = findCentral(context);
  const clusters = platformClusters(context, central);
  checkNames(context, written);
  const resolved = written.flatMap((each) => {
    const result = resolveEnvironment(context, each, clusters, written);
    return result === undefined ? [] : [{ ...result, place: { source: each.source, path: [] } }];
  });
  checkPrimaries(context.report, resolved);
  const own = resolved.flatMap((each) => (each.own === undefined ? [] : [each.own]));
  const networks: PlacedNetwork[] = [
    ...[...context.networks.values()].map((network) => ({
      network,
      place: inPlatform(context, "networks", network.name, "cidr"),
    })),
    ...[...clusters, ...own].flatMap((each) => (each.network === undefined ? [] : [each.network])),
  ];
  checkOverlaps(context, networks);
  checkBackupStore(
    context,
    resolved.map((each) => each.environment),
  );
  const backups = resolveBackupStore(context);
  checkCarried(
    context,
    [...clusters, ...own],
    resolved.map((each) => each.environment),
  );
  return {
    organisation: document.organisation,
    contact: document.contact,
    domains: { public: document.domains.public, internal: document.domains.internal ?? document.domains.public },
    zones: byName(zones),
    state: document.state ?? { type: "local" },
    networks: byName(networks.map((each) => each.network)),
    clusters: [...byName(clusters.map((each) => each.cluster)), ...byName(own.map((each) => each.cluster))],
    environments: byName(resolved.map((each) => each.environment)),
    central: central ?? "",
    plans: document.plans ?? {},
    identity: { engine: "casdoor", github: false, ...document.identity },
    secrets: document.secrets ?? { engine: "vault" },
    access: document.access ?? {},
    deployers: resolveDeployers(context, central ?? ""),
    charts: document.charts ?? {},
    ...(backups !== undefined && { backups }),
  };
}

function checkNames(context: Context, written: readonly WrittenEnvironment[]): void {
  const named = written.map(({ source, document, stem }) => ({
    name: document.name ?? stem,
    place: namePlace({ source, document }),
  }));
  checkSlugs(context, "environment", named);
}

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
