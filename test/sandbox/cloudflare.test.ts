import type { Values } from "../../sandbox/providers/wire/values";
import { describeWithTerraform, type Json, openWorkspace, removeFolders, type Workspace } from "./support";

jest.setTimeout(60_000);

const ZONE = "${data.cloudflare_zone.z.id}";

describeWithTerraform("the simulated Cloudflare, with real Terraform", () => {
  let space: Workspace;

  beforeEach(async () => {
    space = await openWorkspace();
  });
  afterEach(() => space.stop());
  afterAll(removeFolders);

  const config = (resource: Json): Json => ({
    required: ["cloudflare"],
    provider: { cloudflare: {} },
    data: { cloudflare_zone: { z: { filter: { name: "acme.example" } } } },
    resource,
  });
  const records = (...given: Json[]): Json =>
    config({
      cloudflare_dns_record: Object.fromEntries(
        given.map((changes, index) => [
          `r${index}`,
          {
            zone_id: ZONE,
            name: "www.acme.example",
            type: "A",
            content: "203.0.113.7",
            ttl: 1,
            proxied: true,
            ...changes,
          },
        ]),
      ),
    });
  const ruleset = (changes: Json = {}): Json => ({
    zone_id: ZONE,
    kind: "zone",
    phase: "http_request_firewall_custom",
    name: "waf",
    rules: [{ action: "block", expression: '(http.host eq "x")', ref: "one" }],
    ...changes,
  });

  test("records, rulesets and settings are applied, planned again without a change, and destroyed", async () => {
    await space.apply({
      ...records({}, { name: "api.acme.example", proxied: false, ttl: 300 }),
      ...config({
        cloudflare_ruleset: { w: ruleset() },
        cloudflare_zone_setting: { s: { zone_id: ZONE, setting_id: "ssl", value: "strict" } },
        cloudflare_dns_record: {
          a: { zone_id: ZONE, name: "acme.example", type: "A", content: "203.0.113.7", ttl: 1, proxied: true },
        },
      }),
    });
    expect((await space.plan()).code).toBe(0);
    expect((await space.terraform.destroy(space.folder)).code).toBe(0);
    expect(space.providers.world.size).toBe(0);
  });

  test("a record that is there already is refused", async () => {
    expect(await space.refused(records({}, {}))).toContain("An identical record already exists");
  });

  test("an address beside an alias of the same name is refused", async () => {
    expect(await space.refused(records({}, { type: "CNAME", content: "other.example" }))).toContain(
      "An A, AAAA, or CNAME record with that host already exists",
    );
  });

  test("two addresses of one name are fine", async () => {
    await space.apply(records({}, { content: "203.0.113.8" }));
  });

  test("a proxied record has no ttl of its own", async () => {
    expect(await space.refused(records({ ttl: 300 }))).toContain("ttl must be set to 1");
  });

  test("another name makes a new record, another content does not", async () => {
    await space.apply(records({}));
    space.write(records({ name: "app.acme.example" }));
    expect((await space.plan()).output).toContain("must be replaced");
    space.write(records({ content: "203.0.113.9" }));
    expect((await space.plan()).output).toContain("0 to add, 1 to change, 0 to destroy");
  });

  test("a second entry point of one phase in one zone is refused, of another phase not", async () => {
    await space.apply(config({ cloudflare_ruleset: { a: ruleset(), b: ruleset({ phase: "http_ratelimit" }) } }));
    expect(
      await space.refused(
        config({ cloudflare_ruleset: { a: ruleset(), b: ruleset({ phase: "http_ratelimit" }), c: ruleset() } }),
      ),
    ).toContain("similar configuration with rules already exists");
  });

  test("a rule keeps its id when another one is added, and the ruleset gets a new version", async () => {
    const rule = (ref: string): Json => ({ action: "block", expression: "true", ref });
    await space.apply(config({ cloudflare_ruleset: { a: ruleset({ rules: [rule("one")] }) } }));
    const before = space.state("cloudflare_ruleset.a");
    await space.apply(config({ cloudflare_ruleset: { a: ruleset({ rules: [rule("one"), rule("two")] }) } }));
    const after = space.state("cloudflare_ruleset.a");
    expect((after.rules as Values[])[0]?.id).toBe((before.rules as Values[])[0]?.id);
    expect([before.version, after.version]).toEqual(["1", "2"]);
    expect((await space.plan()).code).toBe(0);
  });

  test("the zone has the same id for every stack that looks it up by name", async () => {
    const output = { id: { value: ZONE } };
    await space.apply({ ...config({}), output });
    const other = await openWorkspace();
    await other.apply({ ...config({}), output });
    const read = (each: Workspace) => each.terraform.run(each.folder, "output", "-no-color", "id");
    expect((await read(other)).output).toBe((await read(space)).output);
    other.stop();
  });
});
