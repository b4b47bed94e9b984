import { appHost, isDnsLabel, serviceHost, slug, stackId, vaultNames } from "../../constructs/core/names";

test("a slug is lower case with dots turned to hyphens", () => {
  expect(slug("Acme.Example")).toBe("acme-example");
});

test("stack ids name the layer, the kind and the subject", () => {
  expect([stackId.edge("acme.example"), stackId.data("prod-eu"), stackId.apps("apps", "staging")]).toEqual([
    "l1-edge-acme-example",
    "l3-data-prod-eu",
    "l4-apps-staging",
  ]);
});

test("hosts follow the profile's pattern, and a primary app takes the short host", () => {
  const flat = { style: "flat", zone: "acme.example" } as const;
  expect(appHost("openpanel", "staging", flat)).toBe("openpanel-staging.acme.example");
  expect(appHost("openpanel", "dev-a", { ...flat, style: "nested" })).toBe("openpanel.dev-a.acme.example");
  expect(appHost("openpanel", "prod", flat, true)).toBe("openpanel.acme.example");
});

test("service hosts and Vault names are computed, never read", () => {
  expect(serviceHost("postgresql", "data-staging")).toBe("postgresql.data-staging.svc.cluster.local");
  expect(vaultNames.reader("platform", "data-staging", "secret-reader")).toBe("platform-data-staging-secret-reader");
});

test.each(["a", "a-b", "0a", "a".repeat(63)])("%s is a DNS label", (text) => expect(isDnsLabel(text)).toBe(true));
test.each(["", "-a", "a-", "A", "a.b", "a".repeat(64)])("%p is not a DNS label", (text) =>
  expect(isDnsLabel(text)).toBe(false),
);
