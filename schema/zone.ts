/** Cloudflare zones as written in platform.yaml. */
import type * as z from "zod/mini";
import { ZONE_PLANS } from "../constructs/cloudflare/zone-edge/rules";
import { list, once, oneOf, optional, required, strict, text, whole } from "./fields/kit";

const rule = once(() => ({
  ref: required(
    text('letters, digits, "_" and "-"', /^[A-Za-z0-9_-]{1,64}$/),
    "Stable id of the rule: without it Cloudflare renumbers every rule when one is inserted.",
  ),
  description: required(text("a sentence that says what the rule is for"), "What the rule is for."),
  expression: required(
    text("an expression in Cloudflare's rules language"),
    'Rules language expression, such as `http.request.uri.path eq "/login"`.',
  ),
}));

const customRule = once(() =>
  strict({
    ...rule(),
    action: required(
      oneOf(["block", "managed_challenge", "js_challenge", "challenge", "log", "skip"]),
      "What happens to a request that matches.",
    ),
  }),
);

const rateLimit = once(() =>
  strict({
    ...rule(),
    requests: required(whole("a number of requests, at least 1", 1, 1_000_000), "Requests admitted in each period."),
    period: required(whole("a number of seconds", 1, 86_400), "Seconds; the zone's plan limits the choice."),
    mitigationTimeout: required(
      whole("a number of seconds", 0, 86_400),
      "Seconds for which the action lasts; the zone's plan limits it.",
    ),
    action: required(
      oneOf(["block", "managed_challenge", "js_challenge", "log"]),
      "What happens to requests above the limit.",
    ),
  }),
);

/** A zone of platform.yaml. */
export const zoneSchema = once(() =>
  strict({
    plan: required(oneOf(ZONE_PLANS), "The zone's Cloudflare plan: it limits rules, periods and actions."),
    customRules: optional(list(customRule(), "a list of rules"), "WAF rules, after the built-in ones.", "none"),
    rateLimits: optional(list(rateLimit(), "a list of rules"), "Rate limits, after the built-in ones.", "none"),
  }),
);

export type ZoneDocument = z.infer<ReturnType<typeof zoneSchema>>;
