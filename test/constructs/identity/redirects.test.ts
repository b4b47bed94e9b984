import type { App } from "cdktf";
import {
  declareClient,
  declareRedirect,
  type IdentityProvider,
  identityDocument,
  type OidcClient,
  type RedirectDeclaration,
} from "../../../constructs/core/identity";
import { checkIdentity } from "../../../constructs/core/identity/against-program";
import { LayerStack } from "../../../constructs/core/layer-stack";
import { claimOwnership } from "../../../constructs/core/ownership";
import { declareSecret } from "../../../constructs/core/secrets";
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
  redirectUris: [],
  sharedRedirects: true,
  groups: ["analytics"],
  secret: { path: "clusters/platform/gate-main", key: "client_secret" },
};
const guarded: RedirectDeclaration = {
  provider,
  client: gate.name,
  uri: "https://openpanel-staging.acme.example/oauth2/main/callback",
  environment: "staging",
};

interface Program {
  readonly clients?: readonly OidcClient[];
  readonly redirects?: readonly RedirectDeclaration[];
}

function declare(app: App, { clients = [gate], redirects = [guarded] }: Program): void {
  const stack = (id: string) => new LayerStack(app, id, { layer: 2, backend: { type: "local" } });
  for (const [index, client] of clients.entries()) declareClient(stack(`l2-services-${index}`), client);
  for (const [index, redirect] of redirects.entries()) declareRedirect(stack(`l4-apps-${index}`), redirect);
}

const told = (program: Program) =>
  refusals((app) => declare(app, program), false).map(({ where, problem }) => `${where}: ${problem}`);

describe("declareRedirect", () => {
  it("is written beside the stacks with its environment and owner, sorted, and changes no stack", () => {
    const app = testApp();
    const other = { ...guarded, uri: "https://headlamp.acme.example/oauth2/main/callback", environment: undefined };
    declare(app, { redirects: [guarded, other] });
    expect(identityDocument(app)).toMatchObject({
      complete: false,
      clients: [{ name: gate.name, redirectUris: [], sharedRedirects: true }],
      redirects: [
        { client: gate.name, uri: other.uri, owner: "l4-apps-1" },
        { client: gate.name, uri: guarded.uri, environment: "staging", owner: "l4-apps-0", provider: "main" },
      ],
    });
    const empty = render((each) => declare(each, { redirects: [] }), false);
    expect(render((each) => declare(each, {}), false)["l2-services-0"]).toEqual(empty["l2-services-0"]);
  });

  it("needs nothing of its client in a build of a part", () => {
    expect(() => render((app) => declare(app, { clients: [] }), false)).not.toThrow();
  });

  test.each([
    ["http", "http://openpanel.acme.example/cb", "has a URI that is not https"],
    ["a pattern", "https://*.acme.example/cb", "has a URI with a pattern"],
    ["another organisation's host", "https://openpanel.evil.example/cb", "outside the domains"],
    ["a query", "https://openpanel.acme.example/cb?x=1", "with a user, a query or a fragment"],
    ["a step back", "https://openpanel.acme.example/a/../cb", "that a browser would write differently"],
  ])("is refused with %s, as a client's own", (_, uri, text) => {
    expect(told({ redirects: [{ ...guarded, uri }] })).toEqual([expect.stringContaining(text)]);
  });

  it("is refused for a client that shares none", () => {
    const own = { ...gate, sharedRedirects: false, redirectUris: ["https://portal.acme.example/cb"] };
    expect(told({ clients: [own] })).toEqual([
      expect.stringContaining(
        "l4-apps-0 adds a redirect URI to client gate-platform-main of l2-services-0, which shares none",
      ),
    ]);
  });

  it("is refused twice, naming both owners", () => {
    expect(told({ redirects: [guarded, { ...guarded, environment: "prod" }] })).toEqual([
      expect.stringContaining(
        "l4-apps-0 (client gate-platform-main) and l4-apps-1 (client gate-platform-main) name one",
      ),
    ]);
  });

  it("is refused when another client has the URI, or shares it", () => {
    const second = { ...gate, name: "gate-platform-ops" };
    expect(told({ clients: [gate, second], redirects: [guarded, { ...guarded, client: second.name }] })).toEqual([
      expect.stringContaining(
        "l4-apps-0 (client gate-platform-main) and l4-apps-1 (client gate-platform-ops) name one",
      ),
    ]);
  });

  it("takes two gates on one host, each with its own login", () => {
    const second = { ...gate, name: "gate-platform-ops" };
    const other = { ...guarded, client: second.name, uri: guarded.uri.replace("main", "ops") };
    const build = (app: App) => declare(app, { clients: [gate, second], redirects: [guarded, other] });
    expect(() => render(build, false)).not.toThrow();
  });

  it("is refused for a host that signs people on itself: gated or native, never both", () => {
    const native = {
      ...gate,
      name: "grafana",
      sharedRedirects: false,
      redirectUris: ["https://openpanel-staging.acme.example/login/generic_oauth"],
    };
    expect(refusals((app) => declare(app, { clients: [gate, native] }), false)).toEqual([
      expect.objectContaining({
        problem: expect.stringMatching(
          /guarded by client gate-platform-main \(l4-apps-0\) and signs people on as client grafana \(l2-services-1\).*openpanel-staging\.acme\.example.*Choose one: routes of class gated, or public ones/,
        ),
      }),
    ]);
  });

  it("is refused when the client's list is longer than the provider keeps", () => {
    const redirects = Array.from({ length: 20 }, (_, index) => ({
      ...guarded,
      uri: `https://openpanel-${index}.acme.example/oauth2/main/callback`,
    }));
    expect(told({ redirects })).toEqual([
      expect.stringMatching(
        /client gate-platform-main \(l2-services-0\) has redirect URIs of \d+ characters, and casdoor keeps 1000/,
      ),
    ]);
  });
});

describe("in a build of everything", () => {
  function issues(program: Program, record = "openpanel-staging.acme.example"): string[] {
    const app = testApp();
    declare(app, program);
    const home = new LayerStack(app, "l2-secrets-platform", { layer: 2, backend: { type: "local" } });
    const fixed = { kind: "fixed", value: "x" } as const;
    const secret = { description: "Of a test", readers: [] };
    const keys = { sync_client_id: fixed, sync_client_secret: fixed };
    declareSecret(home, { ...secret, path: "clusters/platform/casdoor", keys });
    declareSecret(home, { ...secret, path: "clusters/platform/gate-main", keys: { client_secret: fixed } });
    claimOwnership(home, "dns-record", `acme.example/${record}/A`);
    const found = checkIdentity(app, true).map(
      ({ where, problem, value, fix }) => `${where}: ${problem} ${value} ${fix}`,
    );
    expect(identityDocument(app).complete).toBe(true);
    return found;
  }

  it("a redirect has a client and a host with a DNS record", () => {
    expect(issues({})).toEqual([]);
    expect(issues({}, "*.acme.example")).toEqual([]);
  });

  it("its client has to be declared", () => {
    expect(issues({ redirects: [{ ...guarded, client: "gate-platform-mian" }] })).toEqual([
      "l4-apps-0: a redirect URI is added to a client that nothing declares gate-platform-mian Declared are: gate-platform-main.",
    ]);
  });

  it("its host has to have a DNS record", () => {
    expect(issues({}, "other.acme.example")).toEqual([
      expect.stringContaining("l4-apps-0: client gate-platform-main sends people to a host that has no DNS record"),
    ]);
  });
});
