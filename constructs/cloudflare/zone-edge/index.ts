import { DataCloudflareZone } from "@cdktf/provider-cloudflare/lib/data-cloudflare-zone";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { owned } from "../../core/ownership";
import { addRule, type Finding } from "../../core/rules";
import { PLAN_LIMITS } from "../plan-limits";
import { BUILT_IN_CUSTOM_RULES, DEFAULT_INGESTION, type IngestionLimit, ingestionRule } from "./built-in-rules";
import { customRuleFindings, rateLimitFindings } from "./rule-findings";
import type { CustomRule, RateLimitRule, ZonePlan } from "./rules";
import { customRule, managedRules, PHASES, phaseRuleset, rateLimitRule } from "./rulesets";
import { ZONE_SETTINGS, type ZoneSettingValues, zoneSettings } from "./settings";

export type { IngestionLimit } from "./built-in-rules";

export interface ZoneEdgeProps {
  /** The zone's DNS name. The zone exists: it is looked up, never created. */
  readonly zone: string;
  /** Limits rules, periods and actions. */
  readonly plan: ZonePlan;
  /** WAF rules behind the built-in ones. @default - none */
  readonly customRules?: readonly CustomRule[];
  /** Rate limits behind the built-in one. @default - none */
  readonly rateLimits?: readonly RateLimitRule[];
  /** The built-in rate limit; `false` leaves it out. @default - 300 requests in 10 seconds on `/api/track` */
  readonly ingestion?: IngestionLimit | false;
  /** Zone settings laid over the built-in ones, by Cloudflare's id. @default - none */
  readonly settings?: ZoneSettingValues;
  /** @default - the stack's own provider */
  readonly provider?: TerraformProvider;
}

/**
 * The edge of a Cloudflare zone: its settings, and the entry-point ruleset of each WAF phase. A zone has one ruleset of
 * each phase, so the whole program has one `ZoneEdge` for each zone.
 *
 * A zone whose rulesets were made in the dashboard refuses them: import them or delete them first.
 */
export class ZoneEdge extends Construct {
  readonly zoneId: string;

  constructor(scope: Construct, id: string, props: ZoneEdgeProps) {
    super(scope, id);
    const { zone, plan, provider } = props;
    const ingestion = props.ingestion ?? DEFAULT_INGESTION;
    const customRules = [...BUILT_IN_CUSTOM_RULES, ...(props.customRules ?? [])];
    const rateLimits = [...(ingestion ? [ingestionRule(ingestion)] : []), ...(props.rateLimits ?? [])];
    addRule(this, () => [
      ...customRuleFindings(customRules, plan),
      ...rateLimitFindings(rateLimits, plan),
      ...this.recordCount(zone, plan),
    ]);

    this.zoneId = new DataCloudflareZone(this, "zone", { provider, filter: { name: zone } }).id;
    const entryPoint = { zone, zoneId: this.zoneId, provider };
    zoneSettings(this, this.zoneId, { ...ZONE_SETTINGS, ...props.settings }, provider);
    phaseRuleset(this, "custom-rules", {
      ...entryPoint,
      phase: PHASES.custom,
      name: "Strata custom rules",
      rules: customRules.map(customRule),
    });
    phaseRuleset(this, "managed-rules", {
      ...entryPoint,
      phase: PHASES.managed,
      name: "Strata managed rules",
      rules: managedRules(plan, ingestion ? ingestion.paths : []),
    });
    if (rateLimits.length === 0) return;
    phaseRuleset(this, "rate-limits", {
      ...entryPoint,
      phase: PHASES.rateLimit,
      name: "Strata rate limits",
      rules: rateLimits.map(rateLimitRule),
    });
  }

  private recordCount(zone: string, plan: ZonePlan): Finding[] {
    const count = owned(this.node.root, "dns-record").filter(({ key }) => key.startsWith(`${zone}/`)).length;
    const limit = PLAN_LIMITS[plan].dnsRecords;
    if (count <= limit) return [];
    const fix = `Plan ${plan} allows ${limit}: use nested hosts under one wildcard for each environment.`;
    return [{ problem: `zone ${zone} has too many DNS records`, value: count, fix }];
  }
}
