import { cloudflareFace } from "../../../sandbox/providers/http/cloudflare";
import { bodyOf, get, worldOf } from "./world";

const ROOT = "/client/v4/zones";

/** The id that the simulated provider gives the zone: both have to agree. */
function zoneId(): string {
  const { result } = bodyOf(cloudflareFace(worldOf())(get(`${ROOT}?name=acme.example`))) as {
    result: { id: string }[];
  };
  return result[0]?.id ?? "";
}

const zone = zoneId();
const record = (name: string, content: string) => ({ zone_id: zone, name, type: "A", content, proxied: true, ttl: 1 });
const face = cloudflareFace(
  worldOf(
    ["cloudflare_dns_record", "r1", record("vault.acme.example", "203.0.113.1")],
    ["cloudflare_dns_record", "r2", record("sso.acme.example", "203.0.113.2")],
    ["cloudflare_dns_record", "r3", { ...record("vault.acme.example", "203.0.113.3"), zone_id: "another" }],
    [
      "cloudflare_ruleset",
      "s1",
      { zone_id: zone, kind: "zone", phase: "http_ratelimit", name: "limits", rules: [{ ref: "a" }] },
    ],
    ["cloudflare_zone_setting", `${zone}/ssl`, { zone_id: zone, setting_id: "ssl", value: "strict" }],
  ),
);

describe("Cloudflare's API over the simulated world", () => {
  test("a zone is found by its name, with the id that the provider's look-up gives", () => {
    expect(zone).toMatch(/^[0-9a-f]{32}$/);
    expect(bodyOf(face(get(`${ROOT}?name=acme.example`)))).toMatchObject({
      success: true,
      result: [{ id: zone, name: "acme.example", status: "active" }],
      result_info: { total_count: 1, total_pages: 1 },
    });
  });

  test("records are filtered by name and type, and only those of the zone are there", () => {
    expect(bodyOf(face(get(`${ROOT}/${zone}/dns_records?name=vault.acme.example&type=A`)))).toMatchObject({
      result: [{ id: "r1", content: "203.0.113.1", proxied: true, ttl: 1 }],
    });
    expect(bodyOf(face(get(`${ROOT}/${zone}/dns_records?name=mail.acme.example`)))).toMatchObject({ result: [] });
  });

  test("records come in pages", () => {
    expect(bodyOf(face(get(`${ROOT}/${zone}/dns_records?per_page=1&page=2`)))).toMatchObject({
      result: [{ id: "r2" }],
      result_info: { page: 2, per_page: 1, count: 1, total_count: 2, total_pages: 2 },
    });
  });

  test("the list of rulesets leaves their rules out, the entry point of a phase has them", () => {
    const { result } = bodyOf(face(get(`${ROOT}/${zone}/rulesets`))) as { result: object[] };
    expect(result).toEqual([{ id: "s1", kind: "zone", phase: "http_ratelimit", name: "limits" }]);
    expect(bodyOf(face(get(`${ROOT}/${zone}/rulesets/phases/http_ratelimit/entrypoint`)))).toMatchObject({
      result: { id: "s1", rules: [{ ref: "a" }] },
    });
  });

  test("every setting has an answer, whether or not somebody has set it", () => {
    expect(bodyOf(face(get(`${ROOT}/${zone}/settings/ssl`)))).toMatchObject({ result: { id: "ssl", value: "strict" } });
    expect(bodyOf(face(get(`${ROOT}/${zone}/settings/http3`)))).toMatchObject({ result: { id: "http3", value: null } });
  });

  test.each([
    ["no token", get(ROOT, { header: () => "" }), 400, 10000],
    ["a phase without an entry point", get(`${ROOT}/${zone}/rulesets/phases/http_log/entrypoint`), 404, 10003],
    ["a record that is not there", get(`${ROOT}/${zone}/dns_records/none`), 404, 81044],
    ["a path that it does not know", get(`${ROOT}/${zone}/email`), 404, 7003],
    ["a request that writes", get(ROOT, { method: "POST" }), 405, 10405],
  ])("refuses %s as Cloudflare does", (_, request, status, code) => {
    expect(face(request)).toMatchObject({ status, body: { success: false, errors: [{ code }], result: null } });
  });
});
