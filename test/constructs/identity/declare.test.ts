import type { App } from "cdktf";
import {
  type ClientDeclaration,
  clientFacts,
  declareClient,
  declareGroups,
  declareIdentityProvider,
  groupClaimValue,
  type IdentityProvider,
  identityDocument,
  type OidcClient,
} from "../../../constructs/core/identity";
import { checkIdentity } from "../../../constructs/core/identity/against-program";
import { LayerStack } from "../../../constructs/core/layer-stack";
import { claimOwnership } from "../../../constructs/core/ownership";
import { declareSecret } from "../../../constructs/core/secrets";
import { stableJson } from "../../../constructs/core/synth/output";
import { refusals, render, testApp } from "../../helpers/program";

const provider: IdentityProvider = {
  name: "main",
  engine: "casdoor",
  url: "https://sso.acme.example",
  organisation: { name: "acme", displayName: "Acme" },
  domains: ["acme.example"],
  api: { path: "clusters/platform/casdoor", clientId: "sync_client_id", clientSecret: "sync_client_secret" },
  signIn: { password: true },
};

const gate: OidcClient = {
  protocol: "oidc",
  provider,
  name: "gate-platform-main",
  displayName: "Portal",
  redirectUris: ["https://auth-platform.acme.example/oauth2/main/callback"],
  groups: ["analytics"],
  secret: { path: "clusters/platform/gate-main", key: "client_secret" },
};
const grafana: OidcClient = {
  ...gate,
  name: "grafana",
  environment: "staging",
  redirectUris: ["https://grafana-staging.acme.example/login"],
  lifetime: { accessMinutes: 20, refreshMinutes: 60 },
  secret: { path: "staging/grafana", key: "client_secret" },
};

function stack(app: App, id: string): LayerStack {
  return new LayerStack(app, id, { layer: 2, backend: { type: "local" } });
}

/** A program that declares clients, each in a stack of its own. */
function declaring(...clients: readonly ClientDeclaration[]) {
  return (app: App) => {
    for (const [index, client] of clients.entries()) declareClient(stack(app, `l2-services-${index}`), client);
  };
}

/** Of a part of a program, whose secrets and hosts are declared elsewhere. */
const told = (...clients: readonly ClientDeclaration[]) =>
  refusals(declaring(...clients), false).map(({ where, problem }) => `${where}: ${problem}`);

describe("declareClient", () => {
  it("tells the client what it has to know of its provider, without any state", () => {
    const app = testApp();
    expect(declareClient(stack(app, "l2-services-platform"), gate)).toEqual({
      clientId: "gate-platform-main",
      issuer: "https://sso.acme.example",
      metadataUrl: "https://sso.acme.example/.well-known/openid-configuration",
      groupsClaim: "groups",
      groups: ["acme/analytics"],
    });
    expect(groupClaimValue(provider, "operators")).toBe("acme/operators");
    expect(clientFacts(gate)).toEqual(clientFacts({ ...gate, environment: "prod" }));
  });

  it("changes no byte of any stack", () => {
    const without = render((app) => void stack(app, "l2-services-0"), false);
    expect(render(declaring(gate), false)).toEqual(without);
  });

  it("is written sorted, with its defaults and its owner, and the same bytes in any order", () => {
    const written = (...clients: readonly ClientDeclaration[]) => {
      const app = testApp();
      const home = stack(app, "l2-services-platform");
      for (const client of clients) declareClient(home, client);
      return identityDocument(app);
    };
    const document = written(grafana, gate);
    expect(document).toMatchObject({
      schemaVersion: 1,
      mount: "secret",
      providers: [provider],
      clients: [
        {
          name: "gate-platform-main",
          provider: "main",
          owner: "l2-services-platform",
          claims: ["name", "preferred_username", "email", "groups"],
          grantTypes: ["authorization_code", "refresh_token"],
          lifetime: { accessMinutes: 60, refreshMinutes: 720 },
          postLogoutUris: [],
        },
        { name: "grafana", environment: "staging", lifetime: { accessMinutes: 20, refreshMinutes: 60 } },
      ],
    });
    const bytes = (value: object) => stableJson(JSON.parse(JSON.stringify(value)));
    expect(bytes(written(gate, grafana))).toBe(bytes(document));
  });

  it("holds no provider twice, and one that has no client yet", () => {
    const app = testApp();
    const home = stack(app, "l2-services-platform");
    declareIdentityProvider(home, provider);
    expect(identityDocument(app)).toMatchObject({ providers: [provider], clients: [] });
    declareClient(home, gate);
    declareClient(home, grafana);
    expect(identityDocument(app).providers).toHaveLength(1);
  });

  it("holds groups that no client names, each once for the platform and for each environment", () => {
    const app = testApp();
    const home = stack(app, "l3-data-staging");
    for (const environment of [undefined, "staging", "staging"]) {
      declareGroups(home, { provider, groups: ["owners", "analytics"], environment });
    }
    expect(identityDocument(app)).toMatchObject({
      providers: [provider],
      groups: [
        { name: "analytics" },
        { name: "analytics", environment: "staging" },
        { name: "owners" },
        { name: "owners", environment: "staging" },
      ],
    });
    const wrong = (app: App) =>
      declareGroups(stack(app, "l3-data-staging"), { provider, groups: ["All Staff", "acme"] });
    expect(refusals(wrong, false).map(({ problem }) => problem)).toEqual([
      expect.stringContaining("l3-data-staging has a group whose name not every provider takes"),
      expect.stringContaining("l3-data-staging has a group that is named as the organisation"),
    ]);
  });

  it("refuses a name twice, naming both owners", () => {
    expect(told(gate, { ...gate, redirectUris: grafana.redirectUris })).toEqual([
      expect.stringContaining("client main/gate-platform-main has 2 owners: l2-services-0, l2-services-1"),
    ]);
  });

  it("takes one name once for each provider", () => {
    const other = { ...provider, name: "other", url: "https://sso-other.acme.example" };
    expect(() => render(declaring(gate, { ...gate, provider: other }), false)).not.toThrow();
  });

  it("refuses two clients with one redirect URI", () => {
    expect(told(gate, { ...grafana, redirectUris: [...grafana.redirectUris, ...gate.redirectUris] })).toEqual([
      expect.stringContaining(
        'clients gate-platform-main and grafana have one redirect URI (found "https://auth-platform.acme.example/oauth2/main/callback")',
      ),
    ]);
  });

  it("refuses a provider that is said in two ways", () => {
    const other = { ...provider, signIn: { password: false, github: provider.api } };
    expect(told(gate, { ...grafana, provider: other })).toEqual([
      expect.stringContaining("identity provider main is said in two ways, by l2-services-0 and l2-services-1"),
    ]);
  });

  it("reports what is wrong with a client under the construct that declared it", () => {
    expect(told({ ...gate, redirectUris: ["http://auth.acme.example/cb"] })).toEqual([
      expect.stringContaining("l2-services-0: client gate-platform-main has a URI that is not https"),
    ]);
  });
});

describe("what the rest of the program has to hold", () => {
  const secret = (path: string, ...keys: readonly string[]) => ({
    path,
    description: "Of a test",
    readers: [],
    keys: Object.fromEntries(keys.map((key) => [key, { kind: "fixed", value: "x" } as const])),
  });

  function issues(options: { complete: boolean; key?: string; secrets?: boolean; record?: string }) {
    const app = testApp();
    const home = stack(app, "l2-services-platform");
    declareClient(home, gate);
    if (options.secrets ?? true) {
      declareSecret(home, secret("clusters/platform/casdoor", "sync_client_id", "sync_client_secret"));
      declareSecret(home, secret("clusters/platform/gate-main", options.key ?? "client_secret"));
    }
    claimOwnership(home, "dns-record", `acme.example/${options.record ?? "auth-platform.acme.example"}/A`);
    return checkIdentity(app, options.complete).map(({ where, problem, fix }) => `${where}: ${problem}. ${fix}`);
  }

  it("is there", () => {
    expect(issues({ complete: true })).toEqual([]);
    expect(issues({ complete: true, record: "*.acme.example" })).toEqual([]);
  });

  it("includes the secret, of the provider too", () => {
    expect(issues({ complete: true, secrets: false })).toEqual([
      "identity provider main: a secret is read from a path that nothing declares. Declare it with declareSecret.",
      "identity provider main: a secret is read from a path that nothing declares. Declare it with declareSecret.",
      "l2-services-platform: a secret is read from a path that nothing declares. Declare it with declareSecret.",
    ]);
  });

  it("may be in another stack when only a part is built, but for a key that a declared path lacks", () => {
    expect(issues({ complete: false, secrets: false, record: "other.acme.example" })).toEqual([]);
    expect(issues({ complete: false, key: "client_secrets" })).toEqual([
      "l2-services-platform: clusters/platform/gate-main lacks a key. Declared are: client_secrets.",
    ]);
  });

  it("includes a DNS record for each host that people are sent to", () => {
    expect(issues({ complete: true, record: "other.acme.example" })).toEqual([
      "l2-services-platform: client gate-platform-main sends people to a host that has no DNS record in this program. Expose the host, or correct the URI.",
    ]);
  });
});
