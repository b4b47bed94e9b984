/** What a zone's plan allows, the built-in rules counted in. */
import {
  BUILT_IN_CUSTOM_RULES,
  DEFAULT_INGESTION,
  ingestionRule,
} from "../../constructs/cloudflare/zone-edge/built-in-rules";
import { customRuleFindings, rateLimitFindings } from "../../constructs/cloudflare/zone-edge/rule-findings";
import type { Finding } from "../../constructs/core/rules";
import type { Zone } from "../model";
import type { Context } from "./context";
import { below, type Place } from "./report";

/** Refuses rules that the zone's plan does not allow. */
export function checkZoneLimits(context: Context, { plan, customRules, rateLimits }: Zone, place: Place): void {
  report(
    context,
    BUILT_IN_CUSTOM_RULES,
    customRules,
    (rules) => customRuleFindings(rules, plan),
    below(place, "customRules"),
  );
  const ingestion = [ingestionRule(DEFAULT_INGESTION)];
  report(context, ingestion, rateLimits, (rules) => rateLimitFindings(rules, plan), below(place, "rateLimits"));
}

/** What is wrong with one rule stands at its line; what is wrong with their number stands at the list. */
function report<T>(
  context: Context,
  builtIn: readonly T[],
  rules: readonly T[],
  findings: (rules: readonly T[]) => readonly Finding[],
  place: Place,
): void {
  const told = new Set<string>();
  const add = (found: readonly Finding[], at: Place) => {
    for (const { problem, fix, value } of found) {
      if (told.has(problem)) continue;
      told.add(problem);
      context.report.add(at, problem, fix, value);
    }
  };
  for (const [index, rule] of rules.entries()) add(findings([rule]), below(place, index));
  add(findings([...builtIn, ...rules]), place);
}
