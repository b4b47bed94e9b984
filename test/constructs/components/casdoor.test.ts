import type { Route } from "../../../constructs/access/route-table";
import { checkOverlaps } from "../../../constructs/access/route-table/overlaps";
import { priorityOf } from "../../../constructs/access/route-table/render";
import {
  Casdoor,
  type CasdoorProps,
  casdoorProvider,
  casdoorSecrets,
  githubSecrets,
} from "../../../constructs/components/casdoor";
import { initData } from "../../../constructs/components/casdoor/config";
import { casdoorRoutes } from "../../../constructs/components/casdoor/routes";
import { compose } from "../../../constructs/core/component";
import { isJsonObject } from "../../../constructs/core/json";
import { at, type Build, everyComponentKeepsTheRules, RESTRICTED_CONTAINER, Rendered } from "./helper";

const casdoor =
  (props: Partial<CasdoorProps> = {}): Build =>
  (stack, base) => {
    const vault = { url: "https://vault.vault.svc.cluster.local:8200", internalIssuer: "internal-ca" };
    new Casdoor(stack, "casdoor", { ...base, cluster: "platform", host: "sso.acme.example", vault, ...props });
  };

const values = (replicas: 1 | 3 = 1) => Rendered.of(casdoor(), { replicas }).values("casdoor");

everyComponentKeepsTheRules(casdoor(), {
  release: "casdoor",
  namespace: "casdoor",
  chart: "casdoor-helm-charts",
  version: "3.158.0",
});

/** A template of the delivered secret `casdoor-config`. */
function delivered(key: string): string {
  const secrets = Rendered.of(casdoor()).manifests("secrets", "ExternalSecret");
  const config = secrets.find((one) => at(one, "metadata.name") === "casdoor-config");
  const data = at(config, "spec.target.template.data");
  return isJsonObject(data) ? String(data[key]) : "";
}

test("configuration and initial data come from Vault: the values hold neither", () => {
  expect(values()).toMatchObject({ config: "", configFromSecret: "casdoor-config" });
  expect(JSON.stringify(values())).not.toMatch(/clientSecret|dataSourceName/);
});

test("the database's password is in no configuration: the driver takes it from the environment", () => {
  expect(delivered("app.conf")).toMatch(
    /dataSourceName = "user=casdoor host=\S+ port=5432 dbname=casdoor sslmode=require"/,
  );
  // The chart renders several entries into one line.
  expect(values().envFromSecret).toEqual([{ name: "PGPASSWORD", secretName: "casdoor-database", key: "password" }]);
});

test("the issuer is the public host, and directory services are off", () => {
  expect(delivered("app.conf")).toContain("origin = https://sso.acme.example\n");
  expect(delivered("app.conf")).toMatch(/ldapServerPort = 0\n.*ldapsServerPort = 0\n/s);
});

test("the built-in administrator gets the password of Vault at every start: with initDataNewOnly it would stay 123", () => {
  expect(delivered("app.conf")).toContain("initDataNewOnly = false\n");
  expect(JSON.parse(initData())).toMatchObject({
    users: [{ owner: "built-in", name: "admin", password: "{{ .admin_password }}" }],
  });
});

test("nobody signs up to the built-in organization: its members are global administrators", () => {
  expect(JSON.parse(initData())).toMatchObject({
    applications: [
      { name: "app-built-in", enableSignUp: false, tokenFormat: "JWT", signupItems: [], expireInHours: 12 },
    ],
  });
});

test("it declares what it needs to be secret, and every key that its templates name", () => {
  const [declaration, ...others] = casdoorSecrets("platform");
  expect(others).toEqual([]);
  expect(declaration?.path).toBe("clusters/platform/casdoor");
  const secrets = JSON.stringify(Rendered.of(casdoor()).manifests("secrets", "ExternalSecret"));
  const named = [...secrets.matchAll(/\{\{ \.(\w+) \}\}/g)].map((match) => match[1]);
  expect(new Set(named)).toEqual(new Set(Object.keys(declaration?.keys ?? {})));
});

test("without a database that stands already it brings its own, ready before it starts", () => {
  const rendered = Rendered.of(casdoor());
  expect(rendered.manifests("postgresql", "Cluster")).toHaveLength(1);
  expect(JSON.stringify(rendered.release("casdoor").depends_on)).toContain("casdoor_postgresql_readiness");
});

test("a database that stands already is used as it is", () => {
  const database = {
    host: "db.example",
    port: 6432,
    database: "identity",
    user: "sso",
    secretName: "sso-database",
    secretKey: "pw",
  };
  const rendered = Rendered.of(casdoor({ database }));
  expect(() => rendered.release("postgresql")).toThrow();
  expect(at(rendered.values("casdoor"), "envFromSecret")).toEqual([
    { name: "PGPASSWORD", secretName: "sso-database", key: "pw" },
  ]);
});

test("it changes its tables when it starts, so a release is never rolled back", () => {
  expect(Rendered.of(casdoor()).release("casdoor")).toMatchObject({ wait: true, atomic: false });
});

test("it runs as nobody who could become root or write but to two scratch folders", () => {
  expect(values()).toMatchObject({
    podSecurityContext: { runAsNonRoot: true, runAsUser: 1000 },
    securityContext: RESTRICTED_CONTAINER,
  });
});

test("three replicas share their sessions, stand apart and have a disruption budget", () => {
  expect(delivered("app.conf")).toContain("redisEndpoint = sessions:6379,100,{{ .session_password }}\n");
  expect(at(values(3), "affinity.podAntiAffinity")).toBeDefined();
  expect(Rendered.of(casdoor(), { replicas: 3 }).manifests("casdoor-budget", "PodDisruptionBudget")).toHaveLength(1);
});

function exposure(): Casdoor["exposure"] {
  const exposures: Casdoor["exposure"][] = [];
  Rendered.of((stack, base) => {
    const vault = { url: "https://vault.acme.example" };
    exposures.push(new Casdoor(stack, "c", { ...base, cluster: "p", host: "sso.acme.example", vault }).exposure);
  });
  const [found] = exposures;
  if (found === undefined) throw new Error("there is no exposure");
  return found;
}

/** The row of its host that gets a request: the one that matches and has the highest priority. */
function rowOf(path: string): Route | undefined {
  return casdoorRoutes()
    .filter((route) => route.path === "/" || path === route.path || path.startsWith(`${route.path}/`))
    .sort((a, b) => priorityOf(b) - priorityOf(a))[0];
}

describe("its host", () => {
  it("leads to its service, and no row of it hides another", () => {
    expect(exposure()).toMatchObject({ namespace: "casdoor", host: "sso.acme.example", routes: casdoorRoutes() });
    expect(checkOverlaps(casdoorRoutes())).toEqual([]);
    const names = casdoorRoutes().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(casdoorRoutes().every((route) => route.class === "denied" || route.class === "public")).toBe(true);
  });

  test.each([
    "/",
    "/.well-known/openid-configuration",
    "/.well-known/jwks",
    "/login",
    "/login/oauth/authorize",
    "/callback",
    "/static/js/main.js",
    "/account",
    "/api/get-account",
    "/api/get-app-login",
    "/api/get-application",
    "/api/get-applications",
    "/api/update-application",
    "/api/add-organization",
    "/api/get-provider",
    "/api/get-groups",
    "/api/add-group",
    "/api/userinfo",
    "/api/user",
    "/api/logout",
    "/api/sso-logout",
    "/api/get-servers",
    "/api/get-system-info",
    "/api/get-webhooks",
    "/api/get-saml-login",
    "/api/unlink",
  ])("lets everybody reach %s, limited in rate and size", (path) => {
    expect(rowOf(path)).toMatchObject({ name: "identity", class: "public", maxBodyBytes: 1_048_576 });
    expect(rowOf(path)).toMatchObject({ rateLimit: { average: 50 }, backend: { service: "casdoor", port: 8000 } });
  });

  test.each(["/api/login/oauth/access_token", "/api/login/oauth/refresh_token", "/api/login/oauth/introspect"])(
    "limits %s by what clients need",
    (path) => {
      expect(rowOf(path)).toMatchObject({
        name: "tokens",
        rateLimit: { average: 20, burst: 60 },
        maxBodyBytes: 65_536,
      });
    },
  );

  test.each([
    "/api/login",
    "/api/signup",
    "/api/send-verification-code",
    "/api/get-email-and-phone",
    "/api/set-password",
    "/api/webauthn/signin/begin",
    "/api/mfa/setup/initiate",
  ])("limits %s by what a person needs", (path) => {
    expect(rowOf(path)).toMatchObject({ rateLimit: { average: 5, burst: 20 }, maxBodyBytes: 65_536 });
  });

  test.each([
    "/api/metrics",
    "/api/health",
    "/api/v1/traces",
    "/api/mcp",
    "/api/server/built-in/any",
    "/api/run-casbin-command",
    "/api/refresh-engines",
    "/api/oauth/register",
    "/api/oauth/register/some-client",
    "/api/device-auth",
    "/api/saml/metadata",
    "/api/saml/redirect/acme/any",
    "/api/webhook",
    "/cas/acme/any/validate",
    "/scim/Users",
    "/swagger",
    "/files",
    "/files/resource/any",
  ])("denies %s", (path) => {
    expect(rowOf(path)).toMatchObject({ class: "denied" });
  });
});

describe("sign-in by GitHub", () => {
  const provider = (github: boolean) =>
    casdoorProvider({ cluster: "platform", host: "sso.acme.example", organisation: "acme", domains: [], github })
      .signIn;

  it("is not offered unless somebody asks for it", () => {
    expect(provider(false)).toEqual({ password: true });
  });

  it("stands beside passwords, with credentials that a person supplies and nothing in a cluster reads", () => {
    const { path, keys, readers, description } = githubSecrets("platform");
    expect(provider(true)).toEqual({
      password: true,
      github: { path, clientId: "client_id", clientSecret: "client_secret" },
    });
    expect(path).toBe("clusters/platform/casdoor-github");
    expect(keys).toMatchObject({ client_id: { kind: "supplied" }, client_secret: { kind: "supplied" } });
    expect(JSON.stringify(keys)).not.toContain("optional");
    expect(readers).toEqual([]);
    expect(description).toContain("/callback");
  });
});

test("without a PostgreSQL operator it is refused, naming what it lacks", () => {
  const step = { name: Casdoor.NAME, provides: Casdoor.PROVIDES, requires: Casdoor.REQUIRES, create: () => never() };
  expect(compose([step], ["secret-delivery", "ingress", "issuers"]).findings[0]?.problem).toBe(
    "component casdoor requires postgresql-operator, which no component of this cluster provides",
  );
});

function never(): never {
  throw new Error("created without its requirements");
}
