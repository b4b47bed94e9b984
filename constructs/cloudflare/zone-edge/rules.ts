/** Cloudflare zone plans. */
export const ZONE_PLANS = ["free", "pro", "business", "enterprise"] as const;
export type ZonePlan = (typeof ZONE_PLANS)[number];

/** A WAF custom rule (phase `http_request_firewall_custom`). */
export interface CustomRule {
  /** Stable id of the rule: without it Cloudflare renumbers every rule when one is inserted. */
  readonly ref: string;
  readonly description: string;
  /** Rules language expression. */
  readonly expression: string;
  readonly action: "block" | "managed_challenge" | "js_challenge" | "challenge" | "log" | "skip";
}

/** A rate limit rule (phase `http_ratelimit`). */
export interface RateLimitRule {
  readonly ref: string;
  readonly description: string;
  readonly expression: string;
  /** Requests admitted in each period. */
  readonly requests: number;
  /** Seconds; the zone's plan limits the choice. */
  readonly period: number;
  /** Seconds for which the action lasts; the zone's plan limits it. */
  readonly mitigationTimeout: number;
  readonly action: "block" | "managed_challenge" | "js_challenge" | "log";
}
