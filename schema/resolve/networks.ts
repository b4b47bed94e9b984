/** Networks: those of platform.yaml, and the one a cluster has for itself. */

import { slug } from "../../constructs/core/names";
import { overlaps, parseCidr } from "../../constructs/vultr/cidr";
import type { Network } from "../model";
import type { PlatformDocument } from "../platform";
import { checkRegion } from "./catalogue";
import { cidrFault, deriveCidr } from "./cidr";
import { type Context, checkSlugs, checkWords, inPlatform } from "./context";
import type { Place } from "./report";

/** A network and where its range is, or would be, written. */
export interface PlacedNetwork {
  readonly network: Network;
  readonly place: Place;
}

/** The networks that platform.yaml declares. */
export function declaredNetworks(document: PlatformDocument): ReadonlyMap<string, Network> {
  return new Map(
    Object.entries(document.networks ?? {}).map(([name, { region, cidr, protection }]) => [
      name,
      { name, region, cidr: cidr ?? deriveCidr(name), protection: protection ?? "retain" },
    ]),
  );
}

/** Checks the declared networks one by one. */
export function checkNetworks(context: Context): void {
  const named = context.mentioned("networks").map((name) => ({ name, place: inPlatform(context, "networks", name) }));
  checkSlugs(context, "network", named);
  for (const { name, place } of named) checkWords(context, "network", name, place);
  for (const { name, region } of context.networks.values()) {
    checkRegion(context, region, inPlatform(context, "networks", name, "region"));
    checkCidr(context, context.document.networks?.[name]?.cidr, inPlatform(context, "networks", name, "cidr"));
  }
}

/** Checks a range that a user wrote. */
export function checkCidr(context: Context, cidr: string | undefined, place: Place): void {
  const fault = cidr === undefined ? undefined : cidrFault(cidr);
  if (fault !== undefined) context.report.add(place, fault.problem, fault.fix, cidr);
}

/** Refuses two networks that share an address. */
export function checkOverlaps(context: Context, networks: readonly PlacedNetwork[]): void {
  const ranges = networks.flatMap(({ network, place }) => {
    const range = parseCidr(network.cidr);
    return range === undefined ? [] : [{ network, place, range }];
  });
  ranges.sort((a, b) => a.range.first - b.range.first || a.range.last - b.range.last);
  ranges.forEach((one, index) => {
    for (const other of ranges.slice(index + 1)) {
      if (!overlaps(one.range, other.range)) break;
      // Two clusters of one name are refused for that.
      if (slug(one.network.name) === slug(other.network.name)) continue;
      const problem = `networks ${one.network.name} (${one.network.cidr}) and ${other.network.name} (${other.network.cidr}) overlap`;
      context.report.add(other.place, problem, "Set cidr to another range inside 10.0.0.0/8 on one of them.");
    }
  });
}
