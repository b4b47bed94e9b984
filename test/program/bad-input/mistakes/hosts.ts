import { PLATFORM, type Row, STAGING, ZONE } from "./row";

const LIMIT = {
  ref: "login",
  description: "Slow down guessing",
  expression: 'http.request.uri.path eq "/login"',
  requests: 20,
  period: 60,
  mitigationTimeout: 60,
  action: "block",
};
const rules = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ref: `rule-${index}`,
    description: "One of many",
    expression: `(http.request.uri.path eq "/${index}")`,
    action: "block",
  }));

/** Hosts, zones and their rules. */
export const HOSTS: readonly Row[] = [
  [
    "two owners of one host",
    { [STAGING]: { "apps/openpanel": { primary: true } } },
    "environments/staging.yaml:20 apps.openpanel.primary",
    "openpanel.acme.example is taken by openpanel in environment prod (found true). Keep primary: true in one of them.",
  ],
  [
    "hosts outside the zones",
    { [PLATFORM]: { "domains/public": "acme.org" } },
    "platform.yaml:12 domains.public",
    'the public domain is not among the zones (found "acme.org"). Write acme.example. Else add it to zones with its plan.',
  ],
  [
    "hosts in a part of a zone",
    { [PLATFORM]: { "domains/internal": "corp.acme.example" } },
    "platform.yaml:13 domains.internal",
    'the internal domain is not among the zones (found "corp.acme.example"). Did you mean acme.example? Else add it to zones with its plan.',
  ],
  [
    "a proxied host deeper than the certificate covers",
    { [STAGING]: { hosts: { style: "nested" } } },
    "environments/staging.yaml:20 hosts",
    '<app>.<env>.acme.example is too deep for a proxied host (found {"style":"nested","mode":"proxied"}). Write style: flat, or mode: dns-only: Cloudflare\'s certificate covers names of the first level only.',
  ],
  [
    "more rate limits than the zone's plan allows",
    {
      [PLATFORM]: { [`${ZONE}/rateLimits`]: [LIMIT, { ...LIMIT, ref: "api" }] },
    },
    "platform.yaml:24 zones.acme.example.rateLimits",
    "the zone has too many rate limit rules (found 3). Plan pro allows 2, the built-in ones included: merge rules, or take a larger plan.",
  ],
  [
    "a rate limit over a longer period than the zone's plan allows",
    { [PLATFORM]: { [`${ZONE}/rateLimits`]: [{ ...LIMIT, period: 3600 }] } },
    "platform.yaml:25 zones.acme.example.rateLimits.0",
    "rate limit login has a period that plan pro does not allow (found 3600). Use 10, 15, 20, 30, 40, 45, 60 seconds.",
  ],
  [
    "more rules than the zone's plan allows",
    {
      [PLATFORM]: {
        [`${ZONE}/plan`]: "free",
        [`${ZONE}/customRules`]: rules(4),
      },
    },
    "platform.yaml:19 zones.acme.example.customRules",
    "the zone has too many WAF custom rules (found 7). Plan free allows 5, the built-in ones included: merge rules, or take a larger plan.",
  ],
];
