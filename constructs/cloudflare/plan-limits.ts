import type { ZonePlan } from "./zone-edge/rules";

/**
 * What a zone's plan allows.
 *
 * Source: Cloudflare's documentation of plans, 2026.
 *
 * @see https://developers.cloudflare.com/waf/custom-rules/#availability
 * @see https://developers.cloudflare.com/waf/rate-limiting-rules/#availability
 * @see https://developers.cloudflare.com/dns/manage-dns-records/reference/record-attributes/
 */
export interface PlanLimits {
  /** WAF custom rules of a zone. */
  readonly customRules: number;
  /** Regular expressions in rule expressions. */
  readonly regex: boolean;
  /** The `log` action. */
  readonly log: boolean;
  readonly rateLimits: RateLimitLimits;
  /** Managed rulesets that can be deployed. */
  readonly managedRulesets: readonly ManagedRuleset[];
  /** DNS records of a zone; zones made before September 2024 may have more on the free plan. */
  readonly dnsRecords: number;
  /** Characters of a DNS record's comment. */
  readonly commentLength: number;
  /** Shortest time to live of a DNS record that is not automatic, in seconds. */
  readonly shortestTtl: number;
}

export interface RateLimitLimits {
  readonly rules: number;
  /** Longest period, in seconds. */
  readonly period: number;
  /** Times for which an action can last, in seconds; undefined where any up to a day is fine. */
  readonly timeouts: readonly number[] | undefined;
  /** Fields an expression may name; undefined where all are. */
  readonly fields: readonly string[] | undefined;
  /** Actions on the requests above the limit only, and a duration for challenges. */
  readonly throttle: boolean;
}

/** Rulesets that Cloudflare maintains, by id. */
export const MANAGED_RULESETS = {
  free: "77454fe2d30c4220b5701f6fdfb893ba",
  cloudflare: "efb7b8c949ac4650a09736fc376e9aee",
  owasp: "4814384a9e5d4991b9815dcfc25d2f1f",
} as const;
export type ManagedRuleset = keyof typeof MANAGED_RULESETS;

/** Periods that a rate limit can have on any plan, in seconds. */
export const RATE_LIMIT_PERIODS: readonly number[] = [
  10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 480, 600, 900, 1200, 1800, 2400, 3600, 65535, 86400,
];

/** Longest time for which a rate limit's action lasts: a day. */
export const LONGEST_TIMEOUT = 86400;

/** Characters of a rule's expression. */
export const EXPRESSION_LENGTH = 4096;

const FREE_FIELDS = ["http.request.uri.path", "cf.client.bot"];
const PRO_FIELDS = [...FREE_FIELDS, "http.host", "http.request.uri", "http.request.full_uri", "http.request.uri.query"];
const BUSINESS_FIELDS = [...PRO_FIELDS, "http.request.method", "ip.src", "http.user_agent"];
const PRO_TIMEOUTS = [10, 60, 120, 300, 600, 3600];

export const PLAN_LIMITS: Readonly<Record<ZonePlan, PlanLimits>> = {
  free: {
    customRules: 5,
    regex: false,
    log: false,
    rateLimits: { rules: 1, period: 10, timeouts: [10], fields: FREE_FIELDS, throttle: false },
    managedRulesets: ["free"],
    dnsRecords: 200,
    commentLength: 100,
    shortestTtl: 60,
  },
  pro: {
    customRules: 20,
    regex: false,
    log: false,
    rateLimits: { rules: 2, period: 60, timeouts: PRO_TIMEOUTS, fields: PRO_FIELDS, throttle: false },
    managedRulesets: ["free", "cloudflare", "owasp"],
    dnsRecords: 3500,
    commentLength: 500,
    shortestTtl: 60,
  },
  business: {
    customRules: 100,
    regex: true,
    log: false,
    rateLimits: {
      rules: 5,
      period: 600,
      timeouts: [...PRO_TIMEOUTS, LONGEST_TIMEOUT],
      fields: BUSINESS_FIELDS,
      throttle: false,
    },
    managedRulesets: ["free", "cloudflare", "owasp"],
    dnsRecords: 3500,
    commentLength: 500,
    shortestTtl: 60,
  },
  enterprise: {
    customRules: 1000,
    regex: true,
    log: true,
    // 100 with advanced rate limiting, which is an add-on.
    rateLimits: { rules: 5, period: 65535, timeouts: undefined, fields: undefined, throttle: true },
    managedRulesets: ["free", "cloudflare", "owasp"],
    dnsRecords: 3500,
    commentLength: 500,
    shortestTtl: 30,
  },
};
