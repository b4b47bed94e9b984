import type { Finding } from "../core/rules";
import { findRegion, nearestRegions } from "./catalogue";

/** Reports a region that Vultr does not have. */
export function regionFindings(region: string): Finding[] {
  if (findRegion(region) !== undefined) return [];
  return [
    { problem: "unknown Vultr region", value: region, fix: `Did you mean ${nearestRegions(region).join(", ")}?` },
  ];
}
