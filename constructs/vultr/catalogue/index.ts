import { nearest } from "../../core/nearest";
import { PLANS, type PlanFacts } from "./plans";
import { REGIONS, type Region } from "./regions";

export { editDistance, nearest } from "../../core/nearest";
export { BILLED_HOURS, PLANS, type PlanFacts, type PlanFamily } from "./plans";
export { PRICES } from "./prices";
export { REGIONS, type Region } from "./regions";

/** Plans that the catalogue does not know, by id. */
export type DeclaredPlans = Readonly<Record<string, PlanFacts>>;

/** Facts of a plan: declared ones come before those of the catalogue. */
export function findPlan(id: string, declared: DeclaredPlans = {}): PlanFacts | undefined {
  return Object.hasOwn(declared, id) ? declared[id] : PLANS.get(id);
}

/** Known and declared plan ids that look most like an unknown one. */
export function nearestPlans(id: string, declared: DeclaredPlans = {}): string[] {
  return nearest(id, new Set([...Object.keys(declared), ...PLANS.keys()]));
}

export function findRegion(id: string): Region | undefined {
  return REGIONS.get(id);
}

/** Known region ids that look most like an unknown one; a city's name finds its region, too. */
export function nearestRegions(id: string): string[] {
  const city = [...REGIONS].filter(([, region]) => region.name.toLowerCase() === id.toLowerCase()).map(([key]) => key);
  return [...new Set([...city, ...nearest(id.toLowerCase(), REGIONS.keys())])].slice(0, 3);
}
