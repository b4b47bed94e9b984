import {
  forwardAuthAddress,
  gateAddresses,
  gateSecrets,
  Oauth2Proxy,
  type Oauth2ProxyProps,
} from "../../../constructs/components/oauth2-proxy";
import { compose } from "../../../constructs/core/component";
import { at, type Build, everyComponentKeepsTheRules, RESTRICTED_CONTAINER, Rendered, refused } from "./helper";

const gate =
  (props: Partial<Oauth2ProxyProps> = {}): Build =>
  (stack, base) => {
    new Oauth2Proxy(stack, "gate", {
      ...base,
      cluster: "platform",
      gate: "main",
      groups: ["analytics"],
      host: "auth-platform.acme.example",
      issuer: "https://sso.acme.example",
      cookieDomain: "acme.example",
      vault: { url: "https://vault.acme.example" },
      ...props,
    });
  };

const values = (replicas: 1 | 3 = 1) => Rendered.of(gate(), { replicas }).values("oauth2-proxy");

/** The proxy's configuration, line by line. */
function lines(props: Partial<Oauth2ProxyProps> = {}): Record<string, unknown> {
  const text = String(at(Rendered.of(gate(props)).values("oauth2-proxy"), "config.configFile"));
  return Object.fromEntries(
    text
      .trim()
      .split("\n")
      .map((line) => line.split(" = "))
      .map(([name, value]) => [name, JSON.parse(value ?? "null")]),
  );
}

everyComponentKeepsTheRules(gate(), {
  release: "oauth2-proxy",
  namespace: "gate-main",
  chart: "oauth2-proxy",
  version: "10.7.0",
});

test("Traefik asks the root of the proxy: /oauth2/auth and /oauth2/start were tried and failed", () => {
  expect(forwardAuthAddress("main")).toBe("http://oauth2-proxy.gate-main.svc.cluster.local/");
  expect(gateAddresses(["main", "ops"])).toEqual({
    main: "http://oauth2-proxy.gate-main.svc.cluster.local/",
    ops: "http://oauth2-proxy.gate-ops.svc.cluster.local/",
  });
  expect(lines().upstreams).toEqual(["static://202"]);
});

test("the members of the groups pass, and nobody else", () => {
  expect(lines({ groups: ["analytics", "operators"] })).toMatchObject({
    allowed_groups: ["analytics", "operators"],
    oidc_groups_claim: "groups",
  });
});

test("a gate without a group is refused: everyone would pass", () => {
  expect(refused(gate({ groups: [] }))).toContain("gate main names no group");
});

test("no token leaves the proxy: those of this provider exceed what cookies and headers hold", () => {
  expect(lines()).toMatchObject({
    pass_access_token: false,
    pass_authorization_header: false,
    set_authorization_header: false,
    set_xauthrequest: true,
    scope: "openid email",
  });
  expect(at(values(), "sessionStorage.type")).toBe("redis");
});

test("the session's cookie is secure, for the platform's own hosts", () => {
  expect(lines()).toMatchObject({
    cookie_name: "__Secure-gate-main",
    cookie_domains: [".acme.example"],
    whitelist_domains: [".acme.example"],
    cookie_secure: true,
    cookie_httponly: true,
    cookie_samesite: "lax",
    code_challenge_method: "S256",
  });
});

test("gates share a host, each below a path of its own", () => {
  expect(lines({ gate: "ops" })).toMatchObject({
    proxy_prefix: "/oauth2/ops",
    redirect_url: "https://auth-platform.acme.example/oauth2/ops/callback",
  });
});

test("a group's name is text in the configuration, whatever it holds", () => {
  const text = at(Rendered.of(gate({ groups: ['a"{{ b }}'] })).values("oauth2-proxy"), "config.configFile");
  expect(text).toContain('allowed_groups = ["a\\"{{ "{{" }} b }}"]');
});

test("its secrets come from Vault, under the names that the chart reads", () => {
  expect(at(values(), "config.existingSecret")).toBe("oauth2-proxy");
  const [secret] = Rendered.of(gate()).manifests("secrets", "ExternalSecret");
  expect(Object.keys(at(secret, "spec.target.template.data") ?? {})).toEqual([
    "client-id",
    "client-secret",
    "cookie-secret",
  ]);
});

test("it declares every key that its templates name, at a path of its own", () => {
  const [declaration] = gateSecrets("platform", "main");
  expect(declaration?.path).toBe("clusters/platform/gate-main");
  const secrets = JSON.stringify(Rendered.of(gate()).manifests("secrets", "ExternalSecret"));
  const named = [...secrets.matchAll(/\{\{ \.(\w+) \}\}/g)].map((match) => match[1]);
  expect(new Set(named)).toEqual(new Set(Object.keys(declaration?.keys ?? {})));
});

test("the cookie secret has a length that the proxy takes", () => {
  expect(gateSecrets("platform", "main")[0]?.keys.cookie_secret).toMatchObject({ rule: { length: 32 } });
});

test("nobody waits for a proxy that needs the identity provider's public host", () => {
  expect(Rendered.of(gate()).release("oauth2-proxy")).toMatchObject({ wait: false, atomic: false });
});

test("the chart brings no Redis of its own and waits for none with a floating image", () => {
  expect(values()).toMatchObject({
    "redis-ha": { enabled: false },
    initContainers: { waitForRedis: { enabled: false } },
  });
});

test("it runs as nobody who could write, without a token of the API server", () => {
  expect(values()).toMatchObject({
    securityContext: { ...RESTRICTED_CONTAINER, runAsNonRoot: true, runAsUser: 2000 },
    serviceAccount: { automountServiceAccountToken: false },
  });
});

test("three replicas have a disruption budget and are spread over the nodes", () => {
  expect(values(3)).toMatchObject({
    replicaCount: 3,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    topologySpreadConstraints: [{ topologyKey: "kubernetes.io/hostname" }],
  });
});

test("its login is reachable without a session", () => {
  const exposures: Oauth2Proxy["exposure"][] = [];
  Rendered.of((stack, base) => {
    gate()(stack, base);
    exposures.push(...stack.node.children.filter((one) => one instanceof Oauth2Proxy).map((one) => one.exposure));
  });
  expect(exposures[0]).toMatchObject({
    host: "auth-platform.acme.example",
    routes: [{ class: "public", path: "/oauth2/main", match: "prefix" }],
  });
});

test("without an identity provider it is refused; one that stands elsewhere is enough", () => {
  const { NAME, PROVIDES, REQUIRES } = Oauth2Proxy;
  const step = { name: NAME, provides: PROVIDES, requires: REQUIRES, create: () => never() };
  expect(compose([step], ["secret-delivery", "ingress", "issuers"]).findings[0]?.problem).toBe(
    "component oauth2-proxy requires identity, which no component of this cluster provides",
  );
});

function never(): never {
  throw new Error("created without its requirements");
}
