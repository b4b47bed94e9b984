import { readGateRelease } from "../../sandbox/live/traffic/gate/release";
import { staticConfiguration } from "../../sandbox/live/traffic/static-configuration";
import { mostGenerous } from "./support/route/tricks";

const GATE = {
  config: { existingSecret: "credentials", configFile: 'a = "{{ "{{" }} .x }}"\n' },
  sessionStorage: {
    type: "redis",
    redis: {
      clientType: "standalone",
      existingSecret: "sessions",
      passwordKey: "default",
      standalone: { connectionUrl: "redis://sessions:6379" },
    },
  },
};
const STORE = {
  auth: {
    enabled: true,
    usersExistingSecret: "sessions",
    aclUsers: { default: { permissions: "~* &* +@all", passwordKey: "default" } },
  },
  valkeyConfig: "appendonly no\n",
};
const PORTS = new Map([["edge", 1443]]);
const values = (edge: object) =>
  JSON.parse(JSON.stringify({ providers: { kubernetesCRD: { enabled: true } }, ports: { web: null, edge } }));

/** What keeps the harness from leaving something out without a word. */
describe("route harness", () => {
  test("a gate is given the file and the session store that its charts would make", () => {
    expect(readGateRelease(GATE, STORE)).toEqual({
      configuration: 'a = "{{ .x }}"\n',
      storeUrl: "redis://sessions:6379",
      users: { default: "~* &* +@all" },
      storeConfiguration: "appendonly no\n",
    });
  });

  test.each([
    ["extraArgs", { ...GATE, extraArgs: { "skip-auth-route": "^/open" } }],
    ["extraEnv", { ...GATE, extraEnv: [{ name: "OAUTH2_PROXY_TRUSTED_IPS", value: "0.0.0.0/0" }] }],
    ["alphaConfig", { ...GATE, alphaConfig: { enabled: true } }],
    ["cookieName", { ...GATE, config: { ...GATE.config, cookieName: "x" } }],
    ["sessionStorage", { ...GATE, sessionStorage: { type: "cookie" } }],
  ])("a value of a gate that is not passed on is refused: %s", (name, values) => {
    expect(() => readGateRelease(values, STORE)).toThrow(name);
  });

  test("a gate that would log in to its store with another secret is refused", () => {
    const other = { ...STORE, auth: { ...STORE.auth, usersExistingSecret: "another" } };
    expect(() => readGateRelease(GATE, other)).toThrow("sessions/default, its store knows another/default");
  });

  test("a setting of the access log that is not passed on is refused", () => {
    const log = { ...values({ port: 8443 }), accessLog: { enabled: true, filters: { statusCodes: "500" } } };
    expect(() => staticConfiguration({ values: log, ports: PORTS })).toThrow("filters");
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
