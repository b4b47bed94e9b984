import { readGateSettings } from "../../sandbox/live/traffic/gate/settings";
import { staticConfiguration } from "../../sandbox/live/traffic/static-configuration";
import { mostGenerous } from "./support/route/tricks";

const GATE = `provider = "oidc"
oidc_issuer_url = "https://sso.acme.example"
redirect_url = "https://auth.acme.example/oauth2/main/callback"
proxy_prefix = "/oauth2/main"
scope = "openid email"
oidc_groups_claim = "groups"
email_domains = ["*"]
code_challenge_method = "S256"
upstreams = ["static://202"]
pass_access_token = false
pass_authorization_header = false
set_authorization_header = false
pass_basic_auth = false
pass_user_headers = false
`;
const PORTS = new Map([["edge", 1443]]);
const values = (edge: object) =>
  JSON.parse(JSON.stringify({ providers: { kubernetesCRD: { enabled: true } }, ports: { web: null, edge } }));

/** What keeps the harness from leaving something out without a word. */
describe("route harness", () => {
  test("a gate's configuration is followed to its last setting", () => {
    expect(readGateSettings(GATE).upstreams).toEqual(["static://202"]);
  });

  test.each([
    ['skip_auth_routes = ["^/open"]', "skip_auth_routes"],
    ["pass_access_token = true", "pass_access_token"],
    ['trusted_ips = ["10.0.0.0/8"]', "trusted_ips"],
  ])("a setting of a gate that its double does not follow is refused: %s", (line, name) => {
    expect(() => readGateSettings(`${GATE.replace(/^pass_access_token.*$/m, "")}${line}\n`)).toThrow(name);
  });

  test("a setting of an entry point that is not passed on is refused", () => {
    expect(() => staticConfiguration({ values: values({ port: 8443, reusePort: true }), ports: PORTS })).toThrow(
      "reusePort",
    );
  });

  test("who may announce clients is this machine, and nobody where it was nobody", () => {
    const configured = (proxyProtocol: object) =>
      JSON.stringify(staticConfiguration({ values: values({ port: 8443, proxyProtocol }), ports: PORTS }));
    expect(configured({ trustedIPs: ["10.0.0.0/8"] })).toContain('"trustedIPs":["127.0.0.1/32"]');
    expect(configured({})).not.toContain("trustedIPs");
  });

  test.each([
    ["/a/../b", "/b"],
    ["//a/%2e%2e/b/", "/b"],
    ["/a%252f..%252fb", "/b"],
    ["/a\\..\\b", "/b"],
    ["/a;x=1/..;/b?c", "/b"],
    ["/A%00.js", "/a"],
  ])("%s could be taken for %s", (path, taken) => expect(mostGenerous(path)).toBe(taken));
});
