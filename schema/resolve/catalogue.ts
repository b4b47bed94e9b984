/** What Vultr sells: ids that the catalogue does not know are refused, unless platform.yaml declares them. */
import { findPlan, nearestPlans } from "../../constructs/vultr/catalogue";
import { regionFindings } from "../../constructs/vultr/region-rule";
import { orList } from "../words";
import type { Context } from "./context";
import type { Place } from "./report";

/** Smallest node that VKE takes. */
const SMALLEST = { vcpus: 1, ramGb: 2 };

/** Refuses a plan that is unknown or too small for a node. */
export function checkPlan(context: Context, id: string, place: Place): void {
  const declared = context.document.plans ?? {};
  const plan = findPlan(id, declared);
  if (plan === undefined) {
    if (context.mentioned("plans").includes(id)) return;
    const fix = `Did you mean ${orList(nearestPlans(id, declared))}? Else declare it under plans with vcpus, ramGb and monthlyUsd.`;
    context.report.add(place, "unknown Vultr plan", fix, id);
  } else if (plan.vcpus < SMALLEST.vcpus || plan.ramGb < SMALLEST.ramGb) {
    const fix = `Choose one with at least ${SMALLEST.vcpus} vCPU and ${SMALLEST.ramGb} GB.`;
    context.report.add(place, "this plan is too small for a node of a cluster", fix, id);
  }
}

/** Refuses a region that Vultr does not have. */
export function checkRegion(context: Context, region: string, place: Place): void {
  for (const { problem, fix } of regionFindings(region)) context.report.add(place, problem, fix, region);
}
