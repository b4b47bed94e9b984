import type { ClientDeclaration, IdentityProvider, OidcClient } from "../../../constructs/core/identity";
import { checkClient, checkProvider } from "../../../constructs/core/identity/rules";

const provider: IdentityProvider = {
  name: "main",
  engine: "casdoor",
  url: "https://sso.acme.example",
  organisation: { name: "acme", displayName: "Acme" },
  domains: ["acme.example", "acme-internal.example"],
  api: { path: "clusters/platform/casdoor", clientId: "sync_client_id", clientSecret: "sync_client_secret" },
  signIn: { password: true },
};

const client: OidcClient = {
  protocol: "oidc",
  provider,
  name: "grafana-staging",
  displayName: "Grafana",
  environment: "staging",
  redirectUris: ["https://grafana-staging.acme.example/login/generic_oauth"],
  groups: ["analytics"],
  secret: { path: "staging/grafana", key: "client_secret" },
};

const words = (declared: ClientDeclaration) =>
  checkClient(declared).map(({ problem, fix, value }) =>
    [problem, value, fix].filter((part) => part !== undefined).join(" | "),
  );
const changed = (change: Partial<OidcClient>) => words({ ...client, ...change });

describe("a client", () => {
  it("is right with what everyone has, and with everything", () => {
    expect(words(client)).toEqual([]);
    expect(
      changed({
        homepage: "https://grafana-staging.acme.example",
        postLogoutUris: ["https://acme-internal.example/bye"],
        redirectUris: ["https://acme.example/cb", "https://a.b.acme.example:8443/cb"],
        claims: ["email", "groups"],
        grantTypes: ["authorization_code"],
        lifetime: { accessMinutes: 5, refreshMinutes: 43_200 },
      }),
    ).toEqual([]);
  });

  test.each([
    ["http", "http://grafana.acme.example/cb", "has a URI that is not https"],
    ["an asterisk for the host", "https://*.acme.example/cb", "has a URI with a pattern"],
    ["an asterisk in the path", "https://grafana.acme.example/*", "has a URI with a pattern"],
    ["a regular expression", "^https://grafana.acme.example/.+$", "has a URI with a pattern"],
    ["another organisation's host", "https://grafana.evil.example/cb", "outside the domains of identity provider main"],
    ["a host that only ends alike", "https://grafana.evilacme.example/cb", "outside the domains"],
    ["a user", "https://ada@grafana.acme.example/cb", "with a user, a query or a fragment"],
    ["a query", "https://grafana.acme.example/cb?next=/", "with a user, a query or a fragment"],
    ["a fragment", "https://grafana.acme.example/cb#x", "with a user, a query or a fragment"],
    ["upper case", "https://Grafana.acme.example/cb", "that a browser would write differently"],
    ["a step back", "https://grafana.acme.example/a/../cb", "that a browser would write differently"],
    ["the port of its scheme", "https://grafana.acme.example:443/cb", "that a browser would write differently"],
    ["no scheme", "grafana.acme.example", "has a URI that is not https"],
  ])("is refused with a redirect URI of %s, and so is where people go after sign-out", (_, uri, text) => {
    for (const found of [changed({ redirectUris: [uri] }), changed({ postLogoutUris: [uri] })]) {
      expect(found).toEqual([expect.stringContaining(text)]);
      expect(found[0]).toContain(uri);
    }
    expect(changed({ homepage: uri })).toEqual([expect.stringContaining(text)]);
  });

  test.each<[string, Partial<OidcClient>, string]>([
    ["no redirect URI", { redirectUris: [] }, "client grafana-staging has no redirect URI"],
    ["one twice", { redirectUris: [...client.redirectUris, ...client.redirectUris] }, "names a redirect URI twice"],
    ["a group twice", { groups: ["analytics", "analytics"] }, "names something twice | analytics"],
    ["a group of any name", { groups: ["All Staff"] }, "has a group whose name not every provider takes | All Staff"],
    ["a group named as the organisation", { groups: ["acme"] }, "has a group that is named as the organisation"],
    ["a name with a dot", { name: "grafana.staging" }, "a client's name is no DNS label | grafana.staging"],
    ["a name that Casdoor reads as two", { name: "chart-org-main" }, "a client's name holds -org-"],
    ["no display name", { displayName: " " }, "has no display name"],
    ["no way to sign on", { grantTypes: ["refresh_token"] }, "may not use authorization_code"],
    [
      "tokens of no life",
      { lifetime: { accessMinutes: 0, refreshMinutes: 60 } },
      "a life that is too short or too long | 0",
    ],
    [
      "tokens of half a minute",
      { lifetime: { accessMinutes: 7.5, refreshMinutes: 60 } },
      "too short or too long | 7.5",
    ],
    [
      "tokens of a year",
      { lifetime: { accessMinutes: 60, refreshMinutes: 525_600 } },
      "Use whole minutes from 5 to 43200.",
    ],
    [
      "refresh tokens that end first",
      { lifetime: { accessMinutes: 60, refreshMinutes: 30 } },
      "has refresh tokens that end first | 30",
    ],
    ["no place for its secret", { secret: { path: "", key: "" } }, "has no place for its secret"],
  ])("is refused with %s", (_, change, text) => {
    expect(changed(change)).toEqual([expect.stringContaining(text)]);
  });

  it("is refused when it speaks SAML: the kind is reserved", () => {
    const saml: ClientDeclaration = {
      protocol: "saml",
      provider,
      name: "openpanel-staging",
      displayName: "OpenPanel",
      groups: [],
      entityId: "https://openpanel-staging.acme.example",
      assertionConsumerUrl: "https://openpanel-staging.acme.example/saml",
      metadata: { path: "staging/openpanel", key: "saml_idp_metadata" },
    };
    expect(words(saml)).toEqual([expect.stringContaining("speaks SAML, which is reserved and made by no engine yet")]);
  });
});

describe("an identity provider", () => {
  const wrong = (change: Partial<IdentityProvider>) =>
    checkProvider({ ...provider, ...change }).map(({ problem }) => problem);

  it("is right as it stands", () => {
    expect(wrong({})).toEqual([]);
  });

  test.each<[string, Partial<IdentityProvider>, string]>([
    ["http", { url: "http://sso.acme.example" }, "has no plain https URL"],
    ["a path", { url: "https://acme.example/sso" }, "has no plain https URL"],
    ["a slash at its end", { url: "https://sso.acme.example/" }, "has no plain https URL"],
    [
      "the organisation of its administrators",
      { organisation: { name: "built-in", displayName: "" } },
      "has no organisation of its own",
    ],
    ["an organisation of any name", { organisation: { name: "Acme Ltd", displayName: "" } }, "no DNS label"],
    ["no domain", { domains: [] }, "has no domain"],
    ["no way to sign in", { signIn: { password: false } }, "lets nobody sign in"],
  ])("is refused with %s", (_, change, text) => {
    expect(wrong(change)).toEqual([expect.stringContaining(text)]);
  });
});
