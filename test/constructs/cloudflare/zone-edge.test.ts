import type { App } from "cdktf";
import {
  CloudflareProvider,
  type CustomRule,
  DnsRecord,
  PLAN_LIMITS,
  type RateLimitRule,
  ZONE_PLANS,
  ZoneEdge,
  type ZoneEdgeProps,
} from "../../../constructs/cloudflare";
import type { JsonObject } from "../../../constructs/core/json";
import { LayerStack } from "../../../constructs/core/layer-stack";
import { refusal, refusals, render, resourcesOf } from "../../helpers/program";

const BASE: ZoneEdgeProps = { zone: "acme.example", plan: "pro" };
const CUSTOM: CustomRule = { ref: "office", description: "Office", expression: "ip.src eq 192.0.2.1", action: "skip" };
const LIMIT: RateLimitRule = {
  ref: "login",
  description: "Logins from one address",
  expression: 'http.request.uri.path eq "/login"',
  requests: 20,
  period: 60,
  mitigationTimeout: 600,
  action: "block",
};

const edge =
  (props: Partial<ZoneEdgeProps> = {}) =>
  (app: App) => {
    const stack = new LayerStack(app, "l1-edge-acme-example", { layer: 1, backend: { type: "local" } });
    new CloudflareProvider(stack, "cloudflare");
    stack.publish("zone_id", new ZoneEdge(stack, "edge", { ...BASE, ...props }).zoneId);
  };
const rendered = (props: Partial<ZoneEdgeProps> = {}) => render(edge(props))["l1-edge-acme-example"] ?? {};

interface RulesetJson {
  readonly phase: string;
  readonly kind: string;
  readonly zone_id: string;
  readonly rules: readonly JsonObject[];
}
const ruleset = (phase: string, props: Partial<ZoneEdgeProps> = {}) =>
  (resourcesOf(rendered(props), "cloudflare_ruleset") as unknown as RulesetJson[]).find((each) => each.phase === phase);
const refs = (phase: string, props: Partial<ZoneEdgeProps> = {}) =>
  ruleset(phase, props)?.rules.map((rule) => rule.ref);

const WAF = "http_request_firewall_custom";
const LIMITS = "http_ratelimit";
const MANAGED = "http_request_firewall_managed";

test("the provider takes its token from the environment", () => {
  expect(rendered().provider).toEqual({ cloudflare: [{}] });
});

test("the zone is looked up by its name, and its id published", () => {
  const stack = rendered() as { data: Record<string, Record<string, JsonObject>>; output: Record<string, JsonObject> };
  expect(Object.values(stack.data.cloudflare_zone ?? {})[0]).toMatchObject({ filter: { name: "acme.example" } });
  expect(stack.output.zone_id?.value).toMatch(/^\$\{data\.cloudflare_zone\.\w+\.id\}$/);
});

test("settings are strict, and can be overlaid", () => {
  const settings = (props: Partial<ZoneEdgeProps> = {}) =>
    Object.fromEntries(
      resourcesOf(rendered(props), "cloudflare_zone_setting").map((each) => [each.setting_id, each.value]),
    );
  expect(settings()).toEqual({
    ssl: "strict",
    min_tls_version: "1.2",
    tls_1_3: "on",
    always_use_https: "on",
    automatic_https_rewrites: "on",
    http3: "on",
    "0rtt": "off",
  });
  expect(settings({ settings: { min_tls_version: "1.3", ipv6: "on" } })).toMatchObject({
    min_tls_version: "1.3",
    ipv6: "on",
  });
});

test("each phase has one ruleset of the zone, every rule a ref and a state", () => {
  for (const phase of [WAF, LIMITS, MANAGED]) {
    const found = ruleset(phase);
    expect(found).toMatchObject({ kind: "zone", zone_id: expect.stringContaining("cloudflare_zone") });
    for (const rule of found?.rules ?? []) expect(rule).toMatchObject({ ref: expect.any(String), enabled: true });
  }
});

test.each(ZONE_PLANS)("the built-in rules fit the plan %s and leave room for others", (plan) => {
  expect(() => rendered({ plan })).not.toThrow();
  expect(ruleset(WAF, { plan })?.rules.length).toBeLessThan(PLAN_LIMITS[plan].customRules);
});

test("rules of one's own follow the built-in ones", () => {
  expect(refs(WAF, { customRules: [CUSTOM] })).toEqual([
    "strata-methods",
    "strata-probes",
    "strata-internals",
    "office",
  ]);
  expect(refs(LIMITS, { rateLimits: [LIMIT] })).toEqual(["strata-ingestion", "login"]);
});

test("a skip rule skips what follows, and is logged", () => {
  expect(ruleset(WAF, { customRules: [CUSTOM] })?.rules[3]).toMatchObject({
    action: "skip",
    action_parameters: { ruleset: "current", phases: [LIMITS, MANAGED] },
    logging: { enabled: true },
  });
});

test("a rate limit counts for each address and data centre", () => {
  expect(ruleset(LIMITS)?.rules[0]).toMatchObject({
    action: "block",
    expression: 'http.request.uri.path in {"/api/track"}',
    ratelimit: {
      characteristics: ["cf.colo.id", "ip.src"],
      period: 10,
      requests_per_period: 300,
      mitigation_timeout: 10,
    },
  });
});

test("without any rate limit the phase has no ruleset", () => {
  expect(ruleset(LIMITS, { ingestion: false })).toBeUndefined();
});

test("the free plan has Cloudflare's free managed ruleset, the others the whole one and the OWASP rules", () => {
  expect(refs(MANAGED, { plan: "free" })).toEqual(["strata-managed-free"]);
  for (const plan of ["pro", "business", "enterprise"] as const) {
    expect(refs(MANAGED, { plan })).toEqual(["strata-managed-cloudflare", "strata-managed-owasp"]);
  }
});

test("the OWASP rules leave out events, whose texts look like attacks", () => {
  expect(ruleset(MANAGED)?.rules[1]).toMatchObject({ expression: 'not http.request.uri.path in {"/api/track"}' });
  expect(ruleset(MANAGED, { ingestion: false })?.rules[1]).toMatchObject({ expression: "true" });
});

test("Terraform's template marks in an expression reach Cloudflare as they are", () => {
  const expression = 'http.request.uri.path contains "${jndi:"';
  expect(ruleset(WAF, { customRules: [{ ...CUSTOM, expression }] })?.rules[3]).toMatchObject({
    expression: 'http.request.uri.path contains "$${jndi:"',
  });
});

const many = (count: number): CustomRule[] =>
  Array.from({ length: count }, (_, index) => ({ ...CUSTOM, ref: `rule-${index}` }));

test.each<[string, Partial<ZoneEdgeProps>]>([
  ["the zone has too many WAF custom rules (found 6). Plan free allows 5", { plan: "free", customRules: many(3) }],
  ["the zone has too many WAF custom rules (found 21). Plan pro allows 20", { customRules: many(18) }],
  ["two rules of a phase have the ref office", { customRules: [CUSTOM, CUSTOM] }],
  ["two rules of a phase have the ref strata-probes", { customRules: [{ ...CUSTOM, ref: "strata-probes" }] }],
  ["rule office has an incomplete expression", { customRules: [{ ...CUSTOM, expression: '(http.host eq "a"' }] }],
  ["rule office has an incomplete expression", { customRules: [{ ...CUSTOM, expression: 'http.host eq "a' }] }],
  ["rule office has an incomplete expression", { customRules: [{ ...CUSTOM, expression: " " }] }],
  [
    "rule office has an expression that is too long (found 4097)",
    { customRules: [{ ...CUSTOM, expression: `ssl${" ".repeat(4094)}` }] },
  ],
  [
    "rule office uses a regular expression on plan pro",
    { customRules: [{ ...CUSTOM, expression: 'http.host matches "^a"' }] },
  ],
  [
    "rule office uses a regular expression on plan free",
    { plan: "free", customRules: [{ ...CUSTOM, expression: 'http.host ~ "^a"' }] },
  ],
  [
    "rule office has the action log on plan business",
    { plan: "business", customRules: [{ ...CUSTOM, action: "log" }] },
  ],
])("custom rules are refused: %s", (problem, props) => {
  expect(refusal(edge(props))).toContain(problem);
});

const limit = (rule: Partial<RateLimitRule>, plan: ZoneEdgeProps["plan"] = "pro") => ({
  plan,
  ingestion: false as const,
  rateLimits: [{ ...LIMIT, ...rule }],
});

test.each<[string, Partial<ZoneEdgeProps>]>([
  [
    "the zone has too many rate limit rules (found 3). Plan pro allows 2",
    { rateLimits: [LIMIT, { ...LIMIT, ref: "other" }] },
  ],
  ["two rules of a phase have the ref strata-ingestion", { rateLimits: [{ ...LIMIT, ref: "strata-ingestion" }] }],
  [
    "rate limit login has a period that plan pro does not allow (found 120). Use 10, 15, 20, 30, 40, 45, 60 seconds",
    limit({ period: 120 }),
  ],
  [
    "rate limit login has a period that plan free does not allow (found 60). Use 10 seconds",
    limit({ mitigationTimeout: 10 }, "free"),
  ],
  ["rate limit login has a timeout that plan pro does not allow (found 86400)", limit({ mitigationTimeout: 86400 })],
  ["rate limit login has a timeout that plan pro does not allow (found 0)", limit({ mitigationTimeout: 0 })],
  [
    "rate limit login has a timeout that plan free does not allow (found 600). Use 10 seconds",
    limit({ period: 10 }, "free"),
  ],
  [
    "rate limit login has a timeout that plan pro does not allow with a challenge",
    limit({ action: "managed_challenge" }),
  ],
  [
    "rate limit login has a timeout that Cloudflare does not allow",
    limit({ mitigationTimeout: 100_000 }, "enterprise"),
  ],
  [
    'uses fields that plan pro does not allow (found "http.request.method")',
    limit({ expression: 'http.request.method eq "POST"' }),
  ],
  [
    'uses fields that plan free does not allow (found "http.host")',
    limit({ expression: 'http.host eq "a"', period: 10, mitigationTimeout: 10 }, "free"),
  ],
  ["rule login uses a regular expression on plan pro", limit({ expression: 'http.host matches "a"' })],
  ["rule login has the action log on plan pro", limit({ action: "log" })],
  ["rate limit login admits no requests", limit({ requests: 0 })],
])("rate limits are refused: %s", (problem, props) => {
  expect(refusal(edge(props))).toContain(problem);
});

test("larger plans allow what smaller ones refuse", () => {
  const regex = { ...CUSTOM, expression: 'http.host matches "^a"' };
  expect(() => rendered({ plan: "business", customRules: [regex] })).not.toThrow();
  expect(() => rendered(limit({ expression: 'http.request.method eq "POST"', period: 600 }, "business"))).not.toThrow();
  expect(() => rendered(limit({ action: "log", expression: "ip.src.asnum eq 1" }, "enterprise"))).not.toThrow();
  expect(() => rendered(limit({ action: "managed_challenge", mitigationTimeout: 0 }))).not.toThrow();
});

test("a second owner of a zone's phases is refused, naming both", () => {
  const problems = refusals((app) => {
    edge()(app);
    const other = new LayerStack(app, "l1-edge-other", { layer: 1, backend: { type: "local" } });
    new CloudflareProvider(other, "cloudflare");
    new ZoneEdge(other, "edge", BASE);
  }).map((issue) => issue.problem);
  expect(problems).toHaveLength(3);
  expect(problems[0]).toContain(
    `ruleset-phase acme.example/${WAF} has 2 owners: l1-edge-acme-example/edge, l1-edge-other/edge`,
  );
});

test("more DNS records than the zone's plan holds are refused", () => {
  const problem = refusal((app) => {
    edge({ plan: "free" })(app);
    const stack = new LayerStack(app, "l4-apps-dev", { layer: 4, backend: { type: "local" } });
    new CloudflareProvider(stack, "cloudflare");
    const zone = { zone: "acme.example", zoneId: "0123", plan: "free" } as const;
    for (let index = 0; index <= PLAN_LIMITS.free.dnsRecords; index++) {
      const name = `host-${index}.acme.example`;
      new DnsRecord(stack, name, { ...zone, name, type: "A", content: "192.0.2.1", proxied: true });
    }
  });
  expect(problem).toContain("zone acme.example has too many DNS records (found 201). Plan free allows 200");
});
