import { Ruleset, type RulesetRules } from "@cdktf/provider-cloudflare/lib/ruleset";
import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { escapeTemplates } from "../../core/escape";
import { claimOwnership } from "../../core/ownership";
import { MANAGED_RULESETS, type ManagedRuleset, PLAN_LIMITS } from "../plan-limits";
import { onPaths } from "./built-in-rules";
import type { CustomRule, RateLimitRule, ZonePlan } from "./rules";

/** The phases that a zone's edge owns, each with one entry-point ruleset. */
export const PHASES = {
  custom: "http_request_firewall_custom",
  rateLimit: "http_ratelimit",
  managed: "http_request_firewall_managed",
} as const;

export interface PhaseProps {
  readonly zone: string;
  readonly zoneId: string;
  readonly phase: (typeof PHASES)[keyof typeof PHASES];
  readonly name: string;
  readonly rules: readonly RulesetRules[];
  readonly provider?: TerraformProvider;
}

/**
 * The entry-point ruleset of one phase. A zone has one of each phase, so it has one owner.
 *
 * @see https://registry.terraform.io/providers/cloudflare/cloudflare/5.14.0/docs/resources/ruleset
 */
export function phaseRuleset(scope: Construct, id: string, props: PhaseProps): void {
  claimOwnership(scope, "ruleset-phase", `${props.zone}/${props.phase}`);
  new Ruleset(scope, id, {
    provider: props.provider,
    zoneId: props.zoneId,
    kind: "zone",
    phase: props.phase,
    name: props.name,
    description: `Owned by Strata (${props.zone})`,
    rules: [...props.rules],
  });
}

/** What `skip` skips: the custom rules that follow and the phases behind them. */
const SKIPPED = { ruleset: "current", phases: [PHASES.rateLimit, PHASES.managed] };

export function customRule(rule: CustomRule): RulesetRules {
  return {
    ...common(rule),
    action: rule.action,
    ...(rule.action === "skip" ? { actionParameters: SKIPPED, logging: { enabled: true } } : {}),
  };
}

export function rateLimitRule(rule: RateLimitRule): RulesetRules {
  return {
    ...common(rule),
    action: rule.action,
    ratelimit: {
      // Counters are kept for each data centre: the API demands this one beside any other.
      characteristics: ["cf.colo.id", "ip.src"],
      period: rule.period,
      requestsPerPeriod: rule.requests,
      mitigationTimeout: rule.mitigationTimeout,
    },
  };
}

/** The managed rulesets of a plan. Cloudflare's own includes the free one, so that stands alone on the free plan only. */
export function managedRules(plan: ZonePlan, ingestion: readonly string[]): RulesetRules[] {
  const allowed = PLAN_LIMITS[plan].managedRulesets;
  const deployed = allowed.length === 1 ? allowed : allowed.filter((name) => name !== "free");
  return deployed.map((name) => ({
    ...common({
      ref: `strata-managed-${name}`,
      description: DESCRIPTIONS[name],
      // The OWASP rules add up scores over the body: events carry texts of other people's pages, which look like attacks.
      expression: name === "owasp" && ingestion.length > 0 ? `not ${onPaths(ingestion)}` : "true",
    }),
    action: "execute",
    actionParameters: { id: MANAGED_RULESETS[name] },
  }));
}

const DESCRIPTIONS: Readonly<Record<ManagedRuleset, string>> = {
  free: "Cloudflare's free managed ruleset",
  cloudflare: "Cloudflare's managed ruleset",
  owasp: "OWASP core ruleset",
};

function common(rule: { readonly ref: string; readonly description: string; readonly expression: string }) {
  return {
    ref: rule.ref,
    description: escapeTemplates(rule.description),
    expression: escapeTemplates(rule.expression),
    enabled: true,
  };
}
