import type { App } from "cdktf";
import { checkOverlaps } from "../../../constructs/access/route-table/overlaps";
import { signOnFindings } from "../../../constructs/access/sign-on";
import { casdoorProvider, casdoorSecrets } from "../../../constructs/components/casdoor";
import { Grafana, type GrafanaProps, grafanaHost, grafanaSecrets } from "../../../constructs/components/grafana";
import { compose } from "../../../constructs/core/component";
import { identityDocument } from "../../../constructs/core/identity";
import { isJsonObject } from "../../../constructs/core/json";
import type { LayerStack } from "../../../constructs/core/layer-stack";
import { claimOwnership } from "../../../constructs/core/ownership";
import { declareSecret } from "../../../constructs/core/secrets";
import { clusterStack, testApp } from "../../helpers/program";
import { at, type Build, everyComponentKeepsTheRules, RESTRICTED_CONTAINER, Rendered, refused } from "./helper";

const HOST = "grafana-platform.acme.example";

const BASE: Omit<GrafanaProps, "target" | "replicas" | "protection"> = {
  cluster: "platform",
  host: HOST,
  groups: { analytics: "Viewer", operators: "Admin" },
  identity: casdoorProvider({
    cluster: "platform",
    host: "sso.acme.example",
    organisation: "acme",
    domains: ["acme.example"],
    github: false,
  }),
  vault: { url: "https://vault.acme.example" },
};

/** What the rest of a program holds for it: its secrets and those of the provider, and its host. */
function surroundings(stack: LayerStack): void {
  for (const secret of [...casdoorSecrets("platform"), ...grafanaSecrets("platform")]) declareSecret(stack, secret);
  claimOwnership(stack, "dns-record", `acme.example/${HOST}/A`);
}

const grafana =
  (props: Partial<GrafanaProps> = {}): Build =>
  (stack, base) => {
    surroundings(stack);
    new Grafana(stack, "grafana", { ...base, ...BASE, ...props });
  };

const values = (props: Partial<GrafanaProps> = {}) => Rendered.of(grafana(props)).values("grafana");

/** A section of grafana.ini; names of sections and of the map itself hold dots. */
function section(name: string, props: Partial<GrafanaProps> = {}) {
  const ini = values(props)["grafana.ini"];
  return isJsonObject(ini) ? ini[name] : undefined;
}

everyComponentKeepsTheRules(grafana(), {
  release: "grafana",
  namespace: "grafana",
  chart: "grafana",
  version: "12.11.1",
});

function exposure(): Grafana["exposure"] {
  const found: Grafana["exposure"][] = [];
  Rendered.of((stack, base) => {
    surroundings(stack);
    found.push(new Grafana(stack, "grafana", { ...base, ...BASE }).exposure);
  });
  const [only] = found;
  if (only === undefined) throw new Error("nothing was exposed");
  return only;
}

/** Clients that the program declared. */
function clients(props: Partial<GrafanaProps> = {}) {
  const app: App = testApp();
  const { stack, target } = clusterStack(app);
  new Grafana(stack, "grafana", { target, replicas: 1, protection: "delete", ...BASE, ...props });
  return identityDocument(app).clients;
}

test("its host is below the domain of the platform's own services, one for each cluster", () => {
  expect(grafanaHost("platform", "acme.example")).toBe(HOST);
});

test("it declares itself as a client: one exact redirect URI, its groups, its secret at its own path", () => {
  expect(clients()).toMatchObject([
    {
      protocol: "oidc",
      name: "grafana-platform",
      redirectUris: [`https://${HOST}/login/generic_oauth`],
      groups: ["analytics", "operators"],
      grantTypes: ["authorization_code", "refresh_token"],
      secret: { path: "clusters/platform/grafana", key: "client_secret" },
    },
  ]);
});

test("on a cluster of its own it belongs to that environment", () => {
  expect(clients({ environment: "prod" })[0]?.environment).toBe("prod");
  expect(clients()[0]).not.toHaveProperty("environment");
});

test("its own service account reads its path, and nobody else's", () => {
  expect(grafanaSecrets("platform")).toMatchObject([
    {
      path: "clusters/platform/grafana",
      readers: [{ cluster: "platform", namespace: "grafana", serviceAccount: "secret-reader" }],
    },
  ]);
});

test("every key that the delivered secret names is declared, and every declared one is delivered", () => {
  const secrets = JSON.stringify(Rendered.of(grafana()).manifests("secrets", "ExternalSecret"));
  const named = [...secrets.matchAll(/\{\{ \.(\w+) \}\}/g)].map((match) => match[1]);
  expect(new Set(named)).toEqual(new Set(Object.keys(grafanaSecrets("platform")[0]?.keys ?? {})));
});

test("secrets come from a Kubernetes secret by the environment, and stand in no value", () => {
  const fromSecret = (key: string) => ({ secretKeyRef: { name: "grafana-credentials", key } });
  expect(values()).toMatchObject({
    admin: { existingSecret: "grafana-credentials", userKey: "admin-user", passwordKey: "admin-password" },
    envValueFrom: {
      GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: fromSecret("client-secret"),
      GF_SECURITY_SECRET_KEY: fromSecret("secret-key"),
    },
  });
  expect(JSON.stringify(values()["grafana.ini"])).not.toMatch(/client_secret|secret_key|admin_password/);
});

test("people come in by the identity provider and by no other door", () => {
  expect(section("auth")).toMatchObject({ disable_login_form: true, oauth_allow_insecure_email_lookup: false });
  for (const door of ["auth.basic", "auth.anonymous", "auth.proxy", "auth.jwt"]) {
    expect([door, section(door)]).toEqual([door, { enabled: false }]);
  }
  expect(section("users")).toMatchObject({ allow_sign_up: false, allow_org_create: false });
  expect(section("sso_settings")).toEqual({ configurable_providers: "none" });
  expect(section("snapshots")).toMatchObject({ enabled: false });
  expect(section("public_dashboards")).toEqual({ enabled: false });
});

test("no setting is empty: Grafana leaves its default in place of an empty one", () => {
  const ini = values()["grafana.ini"];
  const settings = Object.values(isJsonObject(ini) ? ini : {}).flatMap((one) =>
    Object.values(isJsonObject(one) ? one : {}),
  );
  expect(settings.length).toBeGreaterThan(30);
  expect(settings).not.toContain("");
});

test("it asks the provider with PKCE and refreshes, and its pages know their own address", () => {
  expect(section("auth.generic_oauth")).toMatchObject({
    enabled: true,
    client_id: "grafana-platform",
    auth_url: "https://sso.acme.example/login/oauth/authorize",
    token_url: "https://sso.acme.example/api/login/oauth/access_token",
    api_url: "https://sso.acme.example/api/userinfo",
    use_pkce: true,
    use_refresh_token: true,
  });
  expect(section("server")).toMatchObject({ root_url: `https://${HOST}/`, domain: HOST });
  expect(section("security")).toMatchObject({ cookie_secure: true, disable_gravatar: true });
});

test("a group gives a role, the one that may do the most first, under the name that stands in the claim", () => {
  const groups = { b: "Viewer", a: "Viewer", staff: "Editor", operators: "Admin" } as const;
  expect(section("auth.generic_oauth", { groups })).toMatchObject({
    groups_attribute_path: "groups",
    role_attribute_path: [
      "contains(groups[*], 'acme/operators') && 'Admin'",
      "contains(groups[*], 'acme/staff') && 'Editor'",
      "contains(groups[*], 'acme/a') && 'Viewer'",
      "contains(groups[*], 'acme/b') && 'Viewer'",
    ].join(" || "),
  });
});

test("who is in no group has no role and may not come in, and no group makes a server administrator", () => {
  expect(section("auth.generic_oauth")).toMatchObject({
    role_attribute_strict: true,
    skip_org_role_sync: false,
    allow_assign_grafana_admin: false,
  });
});

test("nobody is let in without a group", () => {
  expect(refused(grafana({ groups: {} }))).toContain(
    "Grafana names no group. Name the groups whose members may sign on, at least one.",
  );
});

test("it sends no reports, asks for no updates and installs no plugins", () => {
  expect(section("analytics")).toEqual({
    reporting_enabled: false,
    check_for_updates: false,
    check_for_plugin_updates: false,
    feedback_links_enabled: false,
  });
  expect(section("plugins")).toMatchObject({ preinstall_disabled: true, plugin_admin_enabled: false });
  expect(section("news")).toEqual({ news_feed_enabled: false });
});

test("there is one pod with one volume, and the old one goes before the new one comes", () => {
  for (const replicas of [1, 3] as const) {
    expect(Rendered.of(grafana(), { replicas }).values("grafana")).toMatchObject({
      replicas: 1,
      deploymentStrategy: { type: "Recreate" },
      persistence: { enabled: true, type: "pvc", size: "10Gi" },
    });
  }
});

test("what is retained keeps its volume", () => {
  const storage = (protection: "retain" | "delete") =>
    at(Rendered.of(grafana(), { protection }).values("grafana"), "persistence.storageClassName");
  expect([storage("retain"), storage("delete")]).toEqual(["vultr-block-storage-retain", "vultr-block-storage"]);
});

test("it runs as nobody who could become root, writes to its volume and one scratch folder, and has no token", () => {
  expect(values()).toMatchObject({
    securityContext: { runAsNonRoot: true, runAsUser: 472, fsGroup: 472 },
    containerSecurityContext: RESTRICTED_CONTAINER,
    extraEmptyDirMounts: [{ name: "tmp", mountPath: "/tmp" }],
    initChownData: { enabled: false },
    automountServiceAccountToken: false,
    rbac: { create: false },
  });
});

test("its routes are a release of their own", () => {
  expect(exposure().name).not.toBe(Rendered.of(grafana()).release("grafana").name);
});

test("no row of its table stands behind a gate, because it signs people on itself", () => {
  const { routes, signOn } = exposure();
  expect(signOn).toEqual({ kind: "native", client: "grafana-platform" });
  expect(signOnFindings(signOn, routes)).toEqual([]);
  expect(checkOverlaps(routes)).toEqual([]);
});

test("what answers without asking who somebody is is denied", () => {
  const denied = exposure().routes.filter((route) => route.class === "denied");
  expect(denied.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["/metrics", "/healthz", "/api/health", "/log-grafana-javascript-agent", "/api/public"]),
  );
  expect(denied.find(({ path }) => path === "/login")?.methods).not.toContain("GET");
});

test("a sign-on is limited in rate, more than the rest", () => {
  const limits = exposure().routes.flatMap((route) =>
    route.class === "public" ? [[route.path, route.rateLimit?.average]] : [],
  );
  expect(limits).toEqual([
    ["/login", 5],
    ["/", 100],
  ]);
});

test("without an identity provider it is refused, naming what it lacks", () => {
  const step = { name: Grafana.NAME, provides: Grafana.PROVIDES, requires: Grafana.REQUIRES, create: () => never() };
  expect(compose([step], ["secret-delivery", "ingress", "issuers"]).findings[0]?.problem).toBe(
    "component grafana requires identity, which no component of this cluster provides",
  );
});

function never(): never {
  throw new Error("created without its requirements");
}
