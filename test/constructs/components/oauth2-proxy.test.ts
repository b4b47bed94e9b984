import { gateAddress } from "../../../constructs/access/portal-gate";
import { casdoorProvider, casdoorSecrets } from "../../../constructs/components/casdoor";
import {
  gateClientId,
  gateNamespace,
  gateSecrets,
  Oauth2Proxy,
  type Oauth2ProxyProps,
  portalGates,
} from "../../../constructs/components/oauth2-proxy";
import { compose } from "../../../constructs/core/component";
import { identityDocument } from "../../../constructs/core/identity";
import { declareSecret } from "../../../constructs/core/secrets";
import { clusterStack, testApp } from "../../helpers/program";
import { at, type Build, everyComponentKeepsTheRules, RESTRICTED_CONTAINER, Rendered, refused } from "./helper";

const PROVIDER = casdoorProvider({
  cluster: "platform",
  host: "sso.acme.example",
  organisation: "acme",
  domains: ["acme.example"],
  github: false,
});

const gate =
  (props: Partial<Oauth2ProxyProps> = {}): Build =>
  (stack, base) => {
    // What the whole program declares in other stacks.
    const secrets = [...gateSecrets("platform", props.gate ?? "main"), ...casdoorSecrets("platform")];
    for (const secret of secrets) declareSecret(stack, secret);
    new Oauth2Proxy(stack, "gate", {
      ...base,
      cluster: "platform",
      gate: "main",
      groups: ["analytics"],
      identity: PROVIDER,
      vault: { url: "https://vault.acme.example" },
      ...props,
    });
  };

const values = (replicas: 1 | 3 = 1) => Rendered.of(gate(), { replicas }).values("oauth2-proxy");

/** The proxy's configuration, line by line. */
function lines(props: Partial<Oauth2ProxyProps> = {}): Record<string, unknown> {
  const text = String(at(Rendered.of(gate(props)).values("oauth2-proxy"), "config.configFile"));
  return Object.fromEntries(
    // The chart reads the text as a template: a mark that is to stay is written as one that makes it.
    text
      .replaceAll('{{ "{{" }}', "{{")
      .trim()
      .split("\n")
      .map((line) => /^(\w+) = (.*)$/.exec(line) ?? [])
      .map(([, name, value]) => [name, JSON.parse(value ?? "null")]),
  );
}

everyComponentKeepsTheRules(gate(), {
  release: "oauth2-proxy",
  namespace: "gate-main",
  chart: "oauth2-proxy",
  version: "10.7.0",
});

test("the proxy is told this and nothing else: every line was wrong somewhere once", () => {
  expect(lines()).toEqual({
    provider: "oidc",
    provider_display_name: "Portal",
    oidc_issuer_url: "https://sso.acme.example",
    redirect_url: "/oauth2/main/callback",
    proxy_prefix: "/oauth2/main",
    scope: "openid email",
    oidc_groups_claim: "groups",
    allowed_groups: ["acme/analytics"],
    email_domains: ["*"],
    code_challenge_method: "S256",
    skip_provider_button: true,
    upstreams: ["static://202"],
    reverse_proxy: true,
    set_xauthrequest: true,
    pass_access_token: false,
    pass_authorization_header: false,
    set_authorization_header: false,
    pass_basic_auth: false,
    pass_user_headers: false,
    cookie_name: "__Host-gate-main",
    whitelist_domains: ["sso.acme.example"],
    cookie_path: "/",
    cookie_csrf_per_request: true,
    cookie_csrf_expire: "10m0s",
    cookie_secure: true,
    cookie_httponly: true,
    cookie_samesite: "lax",
    cookie_expire: "12h0m0s",
    cookie_refresh: "1h0m0s",
    request_logging: false,
    standard_logging_format: expect.stringContaining("(a request)"),
    silence_ping_logging: true,
  });
});

describe("what failed once does not come back:", () => {
  test("an upstream that serves a page, in place of leave to pass", () => {
    expect(lines().upstreams).toEqual(["static://202"]);
  });

  test.each([
    [
      "tokens in headers, larger than cookies and headers hold",
      /^(pass_access_token|pass_authorization_header|set_authorization_header)$/,
    ],
    ["names of the user in headers to an upstream", /^(pass_basic_auth|pass_user_headers)$/],
    ["requests in the log, whose addresses hold codes", /^request_logging$/],
  ])("%s", (_, names) => {
    const told = Object.entries(lines()).filter(([name]) => names.test(name));
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter(([, value]) => value !== false)).toEqual([]);
  });

  test.each([
    ["a cookie that every host of a domain gets", "cookie_domains"],
    ["headers of the client that are believed", "trusted_ips"],
    ["requests that nobody is asked about", "skip_auth_routes"],
    ["preflight requests that the proxy answers for", "skip_auth_preflight"],
    ["a session in the cookie", "session_cookie_minimal"],
    ["an issuer that nobody checks", "insecure_oidc_skip_issuer_verification"],
    ["addresses that nobody verified", "insecure_oidc_allow_unverified_email"],
  ])("%s", (_, name) => {
    expect(lines()).not.toHaveProperty(name);
  });

  test("a login that ends anywhere but on its own host, or at the provider to log out", () => {
    expect(lines().whitelist_domains).toEqual(["sso.acme.example"]);
  });

  test("a scope that brings the whole profile", () => {
    expect(lines().scope).toBe("openid email");
  });

  test("addresses alone as leave to pass: whoever has one is still asked for his groups", () => {
    expect(lines()).toMatchObject({ email_domains: ["*"], allowed_groups: [expect.stringMatching(/^acme\/./)] });
  });

  test("a session in a cookie, larger than browsers take", () => {
    expect(at(values(), "sessionStorage")).toEqual({
      type: "redis",
      redis: {
        clientType: "standalone",
        existingSecret: "sessions",
        passwordKey: "default",
        standalone: { connectionUrl: "redis://sessions:6379" },
      },
    });
  });

  test("a login on a host of its own", () => {
    expect(at(values(), "ingress")).toEqual({ enabled: false });
    expect(JSON.stringify(values())).not.toContain("auth-platform");
    expect(String(lines().redirect_url)).toMatch(/^\/oauth2\/main\/callback$/);
  });
});

test("the cookie is the host's own: a browser takes one of this name without a domain, for / and over TLS only", () => {
  expect(lines({ gate: "ops" })).toMatchObject({
    cookie_name: "__Host-gate-ops",
    cookie_path: "/",
    cookie_secure: true,
  });
  expect(lines()).not.toHaveProperty("cookie_domains");
});

test("two gates may guard one host: each has its path, its cookie and its client", () => {
  const [main, ops] = [lines(), lines({ gate: "ops" })];
  for (const name of ["proxy_prefix", "redirect_url", "cookie_name"]) expect(main[name]).not.toBe(ops[name]);
  expect(gateClientId("platform", "main")).not.toBe(gateClientId("platform", "ops"));
});

test("routes refer to a gate by what the configuration says of it", () => {
  expect(portalGates("platform", ["main"], PROVIDER)).toEqual({
    main: {
      name: "main",
      namespace: gateNamespace("main"),
      service: "oauth2-proxy",
      port: 80,
      provider: PROVIDER,
      client: "gate-platform-main",
    },
  });
  const { main } = portalGates("platform", ["main"], PROVIDER);
  const service = at(values(), "fullnameOverride");
  expect(main && gateAddress(main, "page")).toBe(`http://${String(service)}.gate-main.svc.cluster.local/`);
  expect(at(values(), "service.portNumber")).toBe(main?.port);
});

test("the members of the groups pass, and nobody else", () => {
  expect(lines({ groups: ["analytics", "operators"] })).toMatchObject({
    allowed_groups: ["acme/analytics", "acme/operators"],
    oidc_groups_claim: "groups",
  });
});

test("a gate without a group is refused: everyone would pass", () => {
  expect(refused(gate({ groups: [] }))).toContain("gate main names no group");
});

test("a group whose name could end the text of the configuration is refused", () => {
  expect(refused(gate({ groups: ['a"{{ b }}'] }))).toContain("has a group whose name not every provider takes");
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

test("the identity provider knows it as a client whose hosts add their own way back", () => {
  const app = testApp();
  const { stack, target } = clusterStack(app);
  gate({ environment: "prod" })(stack, { target, replicas: 1, protection: "delete" });
  expect(identityDocument(app).clients).toMatchObject([
    {
      protocol: "oidc",
      provider: PROVIDER.name,
      name: "gate-platform-main",
      environment: "prod",
      redirectUris: [],
      sharedRedirects: true,
      groups: ["analytics"],
      claims: ["email", "preferred_username", "groups"],
      secret: { path: "clusters/platform/gate-main", key: "client_secret" },
    },
  ]);
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
