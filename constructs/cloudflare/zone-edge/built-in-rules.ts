/**
 * Rules that every zone gets. They are written for classes of hosts and paths, never for an environment: adding one
 * must not change the zone's owner.
 */
import type { CustomRule, RateLimitRule } from "./rules";

/** Where clients send events, from browsers and servers alike. */
export interface IngestionLimit {
  /** Exact paths, on every host of the zone. */
  readonly paths: readonly string[];
  /** Requests that one address may send in each period. */
  readonly requests: number;
  readonly period: number;
  readonly mitigationTimeout: number;
}

/** Fits every plan, the free one included: its only period and timeout are 10 seconds, its only field the path. */
export const DEFAULT_INGESTION: IngestionLimit = {
  paths: ["/api/track"],
  requests: 300,
  period: 10,
  mitigationTimeout: 10,
};

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** First parts of paths that only scanners ask for on this platform. */
const PROBES = ["/wp-", "/xmlrpc.php", "/phpmyadmin", "/cgi-bin/", "/server-status", "/vendor/phpunit"];

/** What applications serve for their operators; the route tables deny it, too. */
const INTERNALS = ["/metrics", "/api/metrics", "/debug/pprof", "/actuator"];

const PATH = "lower(http.request.uri.path)";
const startsWith = (prefix: string) => `starts_with(${PATH}, "${prefix}")`;
const list = (texts: readonly string[]) => `{${texts.map((text) => JSON.stringify(text)).join(" ")}}`;

export const BUILT_IN_CUSTOM_RULES: readonly CustomRule[] = [
  {
    ref: "strata-methods",
    description: "Methods that no host serves",
    expression: `not http.request.method in ${list(METHODS)}`,
    action: "block",
  },
  {
    ref: "strata-probes",
    description: "Scanners: hidden files and software that is not here",
    expression: `(${startsWith("/.")} and not ${startsWith("/.well-known/")}) or ${PROBES.map(startsWith).join(" or ")}`,
    action: "block",
  },
  {
    ref: "strata-internals",
    description: "Metrics and debugging, which are for operators",
    expression: INTERNALS.map(startsWith).join(" or "),
    action: "block",
  },
];

/** The expression for exact paths. */
export function onPaths(paths: readonly string[]): string {
  return `http.request.uri.path in ${list(paths)}`;
}

export function ingestionRule(limit: IngestionLimit): RateLimitRule {
  return {
    ref: "strata-ingestion",
    description: "Events from one address",
    expression: onPaths(limit.paths),
    requests: limit.requests,
    period: limit.period,
    mitigationTimeout: limit.mitigationTimeout,
    action: "block",
  };
}
