/** Cloudflare zone plans. */
export const ZONE_PLANS = ["free", "pro", "business", "enterprise"] as const;
export type ZonePlan = (typeof ZONE_PLANS)[number];

/** A WAF custom rule (phase `http_request_firewall_custom`). */
export interface CustomRule {
  /** Stable id of the rule: without it Cloudflare renumbers every rule when one is inserted. */
  readonly ref: string;
  readonly description: string;
  /** Rules language expression. @see https://developers.cloudflare.com/ruleset-engine/rules-language/ */
  readonly expression: string;
  /** `skip` spares a request the custom rules that follow, the rate limits and the managed rulesets. */
  readonly action: "block" | "managed_challenge" | "js_challenge" | "challenge" | "log" | "skip";
}

/** A rate limit rule (phase `http_ratelimit`); requests are counted for each address and Cloudflare data centre. */
export interface RateLimitRule {
  /** Stable id of the rule: without it Cloudflare renumbers every rule when one is inserted. */
  readonly ref: string;
  readonly description: string;
  /** Rules language expression; the zone's plan limits its fields. */
  readonly expression: string;
  /** Requests admitted in each period. */
  readonly requests: number;
  /** Seconds; the zone's plan limits the choice. */
  readonly period: number;
  /** Seconds for which the action lasts; the zone's plan limits it. 0 with a challenge, below the enterprise plan. */
  readonly mitigationTimeout: number;
  readonly action: "block" | "managed_challenge" | "js_challenge" | "log";
}
