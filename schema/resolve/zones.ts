/** Cloudflare zones, and the domains that must be among them. */
import { suggest } from "../load/nearest";
import type { Zone } from "../model";
import { type Context, checkSlugs, inPlatform } from "./context";
import { checkZoneLimits } from "./zone-limits";

/** The zones of platform.yaml. */
export function resolveZones(context: Context): readonly Zone[] {
  const zones = Object.entries(context.document.zones).map(([name, { plan, customRules, rateLimits }]) => ({
    name,
    plan,
    customRules: customRules ?? [],
    rateLimits: rateLimits ?? [],
  }));
  const known = context.mentioned("zones");
  checkSlugs(
    context,
    "zone",
    known.map((name) => ({ name, place: inPlatform(context, "zones", name) })),
  );
  for (const zone of zones) checkZoneLimits(context, zone, inPlatform(context, "zones", zone.name));
  checkDomains(context, known);
  return zones;
}

function checkDomains(context: Context, zones: readonly string[]): void {
  if (!context.intact("domains") || !context.intact("zones")) return;
  const { domains } = context.document;
  for (const which of ["public", "internal"] as const) {
    const domain = domains[which];
    if (domain === undefined || zones.includes(domain)) continue;
    const fix = `${suggest(domain, zones, "zone")} Else add it to zones with its plan.`;
    context.report.add(
      inPlatform(context, "domains", which),
      `the ${which} domain is not among the zones`,
      fix,
      domain,
    );
  }
}
