import { load, problemsOf } from "./config";

const zone = (settings: string) => ({ platform: ["{plan: pro}", settings] as const });
const rule = (ref: string, more = "") =>
  `{ref: ${ref}, description: d, expression: 'http.request.uri.path eq "/x"', action: block${more}}`;
const limit = (ref: string, period: number) => rule(ref, `, requests: 10, period: ${period}, mitigationTimeout: 10`);

describe("zones", () => {
  it("carry their rules in the order of writing", () => {
    const [found] = load(zone(`{plan: pro, customRules: [${rule("b")}, ${rule("a")}]}`)).zones;
    expect(found?.customRules.map(({ ref }) => ref)).toEqual(["b", "a"]);
  });

  it("refuse a plan that Cloudflare does not have", () => {
    expect(problemsOf(zone("{plan: gold}"))).toEqual([
      'config/platform.yaml:5 zones.acme.example.plan: plan is not valid (found "gold"). Write free, pro, business or enterprise.',
    ]);
  });

  it("refuse more rules than the plan allows, the built-in ones counted in", () => {
    const rules = ["a", "b", "c"].map((ref) => rule(ref)).join(", ");
    expect(problemsOf(zone(`{plan: free, customRules: [${rules}]}`))).toEqual([
      "config/platform.yaml:5 zones.acme.example.customRules: the zone has too many WAF custom rules (found 6). Plan free allows 5, the built-in ones included: merge rules, or take a larger plan.",
    ]);
  });

  it("refuse more rate limits than the plan allows", () => {
    expect(problemsOf(zone(`{plan: free, rateLimits: [${limit("a", 10)}]}`))).toEqual([
      "config/platform.yaml:5 zones.acme.example.rateLimits: the zone has too many rate limit rules (found 2). Plan free allows 1, the built-in ones included: merge rules, or take a larger plan.",
    ]);
  });

  it("refuse a period that the plan does not allow, at the rule's own line", () => {
    const rules = `{\n    plan: pro,\n    rateLimits: [\n      ${limit("a", 600)}\n    ]}`;
    expect(problemsOf(zone(rules))).toEqual([
      "config/platform.yaml:8 zones.acme.example.rateLimits.0: rate limit a has a period that plan pro does not allow (found 600). Use 10, 15, 20, 30, 40, 45, 60 seconds.",
    ]);
  });

  it("refuse two rules with one ref", () => {
    expect(problemsOf(zone(`{plan: pro, customRules: [${rule("a")}, ${rule("a")}]}`))).toEqual([
      "config/platform.yaml:5 zones.acme.example.customRules: two rules of a phase have the ref a. Give each rule a ref of its own.",
    ]);
  });

  it("refuse two with one slug", () => {
    const twin = ["zones:\n", "zones:\n  acme-example.org: {plan: pro}\n  acme.example.org: {plan: pro}\n"] as const;
    expect(problemsOf({ platform: twin })).toEqual([
      "config/platform.yaml:6 zones.acme.example.org: zones acme-example.org and acme.example.org have one slug, acme-example-org. Rename one of them.",
    ]);
  });

  it("must hold both domains", () => {
    expect(problemsOf({ platform: ["public: acme.example", "public: acme.exampel, internal: acme.test"] })).toEqual([
      'config/platform.yaml:3 domains.public: the public domain is not among the zones (found "acme.exampel"). Did you mean acme.example? Else add it to zones with its plan.',
      'config/platform.yaml:3 domains.internal: the internal domain is not among the zones (found "acme.test"). Write acme.example. Else add it to zones with its plan.',
    ]);
  });
});
