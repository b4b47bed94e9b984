import { type App, TerraformVariable } from "cdktf";
import { CloudflareProvider, DnsRecord, type DnsRecordProps } from "../../../constructs/cloudflare";
import { LayerStack } from "../../../constructs/core/layer-stack";
import { refusal, render, resourcesOf } from "../../helpers/program";

const BASE: DnsRecordProps = {
  zone: "acme.example",
  zoneId: "0123456789abcdef",
  plan: "pro",
  name: "openpanel-staging.acme.example",
  type: "A",
  content: "192.0.2.10",
  proxied: true,
};

const records =
  (...all: Partial<DnsRecordProps>[]) =>
  (app: App) => {
    const stack = new LayerStack(app, "l4-apps-staging", { layer: 4, backend: { type: "local" } });
    new CloudflareProvider(stack, "cloudflare");
    all.forEach((props, index) => {
      new DnsRecord(stack, `record-${index}`, { ...BASE, ...props });
    });
  };
const record = (props: Partial<DnsRecordProps> = {}) =>
  resourcesOf(render(records(props))["l4-apps-staging"], "cloudflare_dns_record")[0];

test("a proxied record has the automatic time to live", () => {
  expect(record()).toMatchObject({ name: BASE.name, type: "A", content: "192.0.2.10", proxied: true, ttl: 1 });
});

test("a record that is not proxied may have its own", () => {
  expect(record({ proxied: false, ttl: 300 })).toMatchObject({ proxied: false, ttl: 300 });
});

test("the zone itself and its first level can be proxied, wildcards included", () => {
  expect(record({ name: "acme.example" })).toMatchObject({ name: "acme.example" });
  expect(record({ name: "*.acme.example" })).toMatchObject({ name: "*.acme.example" });
});

test("a deeper wildcard serves an environment without the proxy", () => {
  expect(record({ name: "*.dev-team1.acme.example", proxied: false })).toMatchObject({ ttl: 1 });
});

test("an address that is only known later is taken as it is", () => {
  const out = render((app) => {
    const stack = new LayerStack(app, "l4-apps-staging", { layer: 4, backend: { type: "local" } });
    new CloudflareProvider(stack, "cloudflare");
    const address = new TerraformVariable(stack, "address", { type: "string" });
    new DnsRecord(stack, "record", { ...BASE, content: address.stringValue });
  });
  expect(resourcesOf(out["l4-apps-staging"], "cloudflare_dns_record")[0]).toMatchObject({ content: "${var.address}" });
});

test.each<[string, Partial<DnsRecordProps>]>([
  ["DNS record is outside its zone acme.example", { name: "openpanel.other.example" }],
  ["DNS record is outside its zone acme.example", { name: "notacme.example" }],
  ["DNS record has its wildcard in the wrong place", { name: "a.*.acme.example", proxied: false }],
  ["DNS record has its wildcard in the wrong place", { name: "a*.acme.example" }],
  ["DNS record name is not valid", { name: "Openpanel.acme.example" }],
  ["DNS record name is not valid", { name: `${"a".repeat(64)}.acme.example` }],
  ["proxied host is deeper than the edge certificate of acme.example covers", { name: "openpanel.dev.acme.example" }],
  ["proxied host is deeper than the edge certificate of acme.example covers", { name: "*.dev.acme.example" }],
  ["a TXT record can't be proxied", { type: "TXT", content: "v=spf1 -all" }],
  ["proxied record openpanel-staging.acme.example has a time to live (found 300)", { ttl: 300 }],
  [
    "has a time to live that Cloudflare does not take (found 30). Plan pro takes 60 to 86400",
    { proxied: false, ttl: 30 },
  ],
  ["A record openpanel-staging.acme.example has the wrong content", { content: "lb.example" }],
  ["AAAA record openpanel-staging.acme.example has the wrong content", { type: "AAAA" }],
  ["CNAME record openpanel-staging.acme.example has the wrong content", { type: "CNAME" }],
  ["TXT record openpanel-staging.acme.example has the wrong content", { type: "TXT", proxied: false, content: "" }],
  ["has a comment that is too long (found 501). Plan pro takes 500", { comment: "c".repeat(501) }],
  ["has a comment that is too long (found 101). Plan free takes 100", { comment: "c".repeat(101), plan: "free" }],
])("refused: %s", (problem, props) => {
  expect(refusal(records(props))).toContain(problem);
});

test("a record that is there twice is refused, naming both owners", () => {
  expect(refusal(records({}, { content: "192.0.2.11" }))).toContain(
    "dns-record acme.example/openpanel-staging.acme.example/A has 2 owners: l4-apps-staging/record-0, l4-apps-staging/record-1",
  );
});

test("a CNAME beside another record of its name is refused", () => {
  expect(refusal(records({}, { type: "CNAME", content: "lb.example" }))).toContain(
    "CNAME record openpanel-staging.acme.example stands beside a A record",
  );
});
