import type { Finding } from "../../core/rules";
import { EXPRESSION_LENGTH, LONGEST_TIMEOUT, PLAN_LIMITS, RATE_LIMIT_PERIODS } from "../plan-limits";
import { fieldsOf, isBalanced, usesRegex } from "./expression";
import type { CustomRule, RateLimitRule, ZonePlan } from "./rules";

/** What is wrong with the custom rules of a zone, the built-in ones included. */
export function customRuleFindings(rules: readonly CustomRule[], plan: ZonePlan): Finding[] {
  return [
    ...countFindings("WAF custom rules", rules.length, PLAN_LIMITS[plan].customRules, plan),
    ...duplicateFindings(rules),
    ...rules.flatMap((rule) => expressionFindings(rule, plan)),
  ];
}

/** What is wrong with the rate limits of a zone, the built-in one included. */
export function rateLimitFindings(rules: readonly RateLimitRule[], plan: ZonePlan): Finding[] {
  return [
    ...countFindings("rate limit rules", rules.length, PLAN_LIMITS[plan].rateLimits.rules, plan),
    ...duplicateFindings(rules),
    ...rules.flatMap((rule) => [
      ...expressionFindings(rule, plan),
      ...fieldFindings(rule, plan),
      ...periodFindings(rule, plan),
      ...timeoutFindings(rule, plan),
      ...(Number.isInteger(rule.requests) && rule.requests >= 1
        ? []
        : [{ problem: `rate limit ${rule.ref} admits no requests`, value: rule.requests, fix: "Admit 1 or more." }]),
    ]),
  ];
}

function countFindings(what: string, count: number, limit: number, plan: ZonePlan): Finding[] {
  if (count <= limit) return [];
  const fix = `Plan ${plan} allows ${limit}, the built-in ones included: merge rules, or take a larger plan.`;
  return [{ problem: `the zone has too many ${what}`, value: count, fix }];
}

function duplicateFindings(rules: readonly { readonly ref: string }[]): Finding[] {
  const refs = rules.map((rule) => rule.ref);
  return refs
    .filter((ref, index) => refs.indexOf(ref) !== index)
    .map((ref) => ({ problem: `two rules of a phase have the ref ${ref}`, fix: "Give each rule a ref of its own." }));
}

function expressionFindings({ ref, expression, action }: CustomRule | RateLimitRule, plan: ZonePlan): Finding[] {
  const findings: Finding[] = [];
  if (expression.trim() === "" || !isBalanced(expression)) {
    const fix = "Close every bracket and quote.";
    findings.push({ problem: `rule ${ref} has an incomplete expression`, value: expression, fix });
  }
  if (expression.length > EXPRESSION_LENGTH) {
    const fix = `Cloudflare takes ${EXPRESSION_LENGTH} characters: split the rule.`;
    findings.push({ problem: `rule ${ref} has an expression that is too long`, value: expression.length, fix });
  }
  if (!PLAN_LIMITS[plan].regex && usesRegex(expression)) {
    const fix =
      "Regular expressions need the business plan: use `eq`, `contains`, `wildcard`, `in` or `starts_with()`.";
    findings.push({ problem: `rule ${ref} uses a regular expression on plan ${plan}`, value: expression, fix });
  }
  if (action === "log" && !PLAN_LIMITS[plan].log) {
    const fix = "The log action needs the enterprise plan: use another action.";
    findings.push({ problem: `rule ${ref} has the action log on plan ${plan}`, fix });
  }
  return findings;
}

function fieldFindings({ ref, expression }: RateLimitRule, plan: ZonePlan): Finding[] {
  const allowed = PLAN_LIMITS[plan].rateLimits.fields;
  if (allowed === undefined) return [];
  const beyond = fieldsOf(expression).filter((field) => !allowed.includes(field));
  if (beyond.length === 0) return [];
  const fix = `Rate limits of this plan may name ${allowed.join(", ")}.`;
  return [{ problem: `rate limit ${ref} uses fields that plan ${plan} does not allow`, value: beyond.join(", "), fix }];
}

function periodFindings({ ref, period }: RateLimitRule, plan: ZonePlan): Finding[] {
  const allowed = RATE_LIMIT_PERIODS.filter((seconds) => seconds <= PLAN_LIMITS[plan].rateLimits.period);
  if (allowed.includes(period)) return [];
  const fix = `Use ${allowed.join(", ")} seconds.`;
  return [{ problem: `rate limit ${ref} has a period that plan ${plan} does not allow`, value: period, fix }];
}

function timeoutFindings({ ref, action, mitigationTimeout }: RateLimitRule, plan: ZonePlan): Finding[] {
  const { timeouts, throttle } = PLAN_LIMITS[plan].rateLimits;
  const report = (problem: string, fix: string) => [
    { problem: `rate limit ${ref} has a timeout that ${problem}`, value: mitigationTimeout, fix },
  ];
  if (!throttle && action.endsWith("challenge")) {
    return mitigationTimeout === 0 ? [] : report(`plan ${plan} does not allow with a challenge`, "Set it to 0.");
  }
  if (timeouts === undefined) {
    const fits = Number.isInteger(mitigationTimeout) && mitigationTimeout >= 0 && mitigationTimeout <= LONGEST_TIMEOUT;
    return fits ? [] : report("Cloudflare does not allow", `Use 0 to ${LONGEST_TIMEOUT} seconds.`);
  }
  if (timeouts.includes(mitigationTimeout)) return [];
  return report(`plan ${plan} does not allow`, `Use ${timeouts.join(", ")} seconds.`);
}
