import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CoreV1Api, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { z } from "zod";
import { readDeclarations } from "../../cli/secrets/declarations";
import { stackId, vaultNames } from "../../constructs/core/names";
import type { ClusterConnection } from "../../sandbox/clusters/driver";
import { EmbeddedClusters } from "../../sandbox/clusters/embedded";
import { sandboxAuthority } from "../../sandbox/live/engine/authority";
import { type Claims, IdentityStandIn, issuersOf, SigningKey } from "../../sandbox/live/identity";
import { RealProviders } from "../../sandbox/live/providers";
import { Servers } from "../../sandbox/live/servers";
import { openVault, SandboxVault, strataProgram } from "../../sandbox/live/vault";
import { inherited } from "../../sandbox/run/environment";
import { sandboxPaths } from "../../sandbox/run/paths";
import { Processes } from "../../sandbox/run/processes";
import { openTerraform, type SandboxTerraform } from "../../sandbox/run/terraform";
import { requireTools } from "../../sandbox/tools/find";
import { filesWith } from "./support/files-with";
import { allowedOn, type Login, logIn } from "./support/people/attempts";
import { type Changes, synthesizeHere, writeConfiguration } from "./support/people/program";
import { clusterClient, serviceAccountToken } from "./support/service-account-tokens";
import { askVault, type VaultRequest } from "./support/vault-requests";
import { keepVaultOnly, writeClusterState, writeOutputStates } from "./support/vault-stacks";

jest.setTimeout(300_000);

const SSO = "https://sso.acme.example";
const CI = "https://token.ci.example";
const CLUSTER_TOOLS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"];
/** In the order in which they depend on each other. */
const STACKS = [
  "l2-secrets-platform",
  "l2-secrets-prod",
  "l2-services-platform",
  "l3-data-staging",
  "l3-data-prod",
] as const;

/** The same group is something else in each environment. */
const ORGANISATION: Changes = {
  "platform.yaml": {
    access: { operators: "operator", pipelines: "deployer" },
    deployers: {
      atlantis: { login: "kubernetes", namespace: "atlantis", serviceAccount: "atlantis" },
      ci: { login: "jwt", issuer: CI, claims: { repository: "acme/platform", ref: "refs/heads/main" } },
    },
  },
  "environments/staging.yaml": { access: { "staging-owners": "owner", developers: "developer", support: "viewer" } },
  "environments/prod.yaml": { access: { "prod-owners": "owner", developers: "viewer" } },
};

const folder = mkdtempSync(path.join(tmpdir(), "strata-live-people-"));
const config = path.join(folder, "config");
const paths = sandboxPaths(folder);
const servers = new Servers();
const processes = new Processes(paths.pids);
const strata = strataProgram({ root: paths.root, home: path.join(folder, "home") });
let vault: SandboxVault;
let identity: IdentityStandIn;
let providers: RealProviders;
let terraform: SandboxTerraform;
let cluster: ClusterConnection;
let authority: string;
let rootToken = "";
/** Everything that must be kept nowhere. */
const secret: string[] = [];

const example = path.join(paths.root, "examples", "acme");

/** Synthesizes the organisation; answers the folder of each stack, with what is Vault's of it. */
function synthesize(changes: Changes, stacks: readonly string[] = STACKS): ReadonlyMap<string, string> {
  writeConfiguration(example, config, changes);
  synthesizeHere(config, paths.out);
  writeOutputStates(paths, readDeclarations(paths.out));
  return new Map(stacks.map((id) => [id, keepVaultOnly(paths, id)]));
}

beforeAll(async () => {
  const tools = requireTools(["vault", "terraform-provider-vault", ...CLUSTER_TOOLS]);
  const pki = await sandboxAuthority(path.join(folder, "pki"));
  authority = pki.authority.certificate;
  identity = await IdentityStandIn.start({ authority: pki.authority, issuers: () => issuersOf(paths.out) });
  vault = await SandboxVault.open({
    folder: path.join(folder, "vault"),
    servers,
    ...pki,
    program: tools.get("vault") ?? "",
    logs: paths.logs,
    clusterNames: (host) => (host === "kubernetes.default.svc" ? cluster.server : identity.address(host)),
  });
  const clusters = new EmbeddedClusters({ servers, tools, folder: path.join(folder, "clusters") });
  const spec = { id: "00000000-0000-4000-8000-000000000000", label: "platform", region: "fra", version: "v1.36.1+1" };
  cluster = await clusters.create({ ...spec, digest: "0".repeat(40) });
  for (const name of ["platform", "prod"]) writeClusterState(paths, stackId.cluster(name), cluster);
  providers = new RealProviders({ servers, tools, logs: paths.logs, cwd: folder });
  await vault.start();
  rootToken = (await openVault({ vault, strata })).rootToken;
  secret.push(rootToken);
});

afterAll(async () => {
  await vault?.stop();
  await identity?.stop();
  await providers?.stop();
  await servers.stop();
  rmSync(folder, { recursive: true, force: true });
});

const target = () => ({ address: vault.address, ca: authority });
const ask = (request: VaultRequest) => askVault(target(), request);

/** An identity token of a person in these groups. */
function person(groups: readonly string[] | undefined, more: { readonly seconds?: number } = {}): string {
  const audience = vaultNames.audience;
  return kept(identity.token({ issuer: SSO, subject: "5d1e0f4c", audience, groups: groups?.map(inClaim), ...more }));
}

function kept(jwt: string): string {
  secret.push(jwt);
  return jwt;
}

async function signOn(role: string, groups: readonly string[]): Promise<Login> {
  const login = await logIn(target(), "sso", role, person(groups));
  if (typeof login === "string") throw new Error(login);
  secret.push(login.token);
  return login;
}

/** Whoever applies stacks from now on. */
async function deployAs(token: string): Promise<void> {
  const env = { VAULT_ADDR: vault.address, VAULT_CACERT: vault.caFile, VAULT_TOKEN: token };
  await providers.start("vault", { ...inherited(), HOME: paths.home, ...env });
  terraform = openTerraform({ providers: { reattach: JSON.stringify(providers.reattach()) }, folder, processes });
}

async function apply(stack: string): Promise<string> {
  for (const step of [await terraform.init(stack), await terraform.apply(stack)]) {
    if (step.code !== 0) return step.output;
  }
  return "applied";
}

async function plan(stack: string): Promise<string> {
  const { code, output } = await terraform.plan(stack);
  return code === 0 ? "no changes" : output;
}

/** `strata` with the login of an operator, as it is given on his workstation. */
const asOperator = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  asPerson({ role: "operator", group: "operators" }, args, env);

async function asPerson(
  { role, group }: { readonly role: string; readonly group: string },
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const login = ["--login", "jwt", "--login-mount", "sso", "--login-role", role, "--login-jwt", "env:JWT"];
  return strata([...args, ...login], {
    env: {
      VAULT_ADDR: vault.address,
      VAULT_CACERT: vault.caFile,
      TERRAFORM_BINARY_NAME: terraform.env.TERRAFORM_BINARY_NAME ?? "terraform",
      JWT: person([group]),
      ...env,
    },
  });
}

const declared = () => readDeclarations(paths.out).secrets.map(({ path }) => path);

describe("a new Vault", () => {
  test("takes who may do what from the real provider, and a second plan is empty", async () => {
    await deployAs(rootToken);
    const stacks = synthesize(ORGANISATION);
    for (const stack of stacks.values()) expect(await apply(stack)).toBe("applied");
    for (const stack of stacks.values()) expect(await plan(stack)).toBe("no changes");
  });

  test("needs its root token no more", async () => {
    expect((await ask({ method: "POST", path: "auth/token/revoke-self", token: rootToken })).status).toBe(204);
    expect((await ask({ method: "GET", path: "auth/token/lookup-self", token: rootToken })).status).toBe(403);
  });
});

describe("an operator", () => {
  test("fills Vault with strata secrets sync, and has it tell what is there", async () => {
    const supply = readDeclarations(paths.out).secrets.flatMap(({ path, keys }) =>
      Object.keys(keys)
        .filter((key) => keys[key]?.kind === "supplied")
        .map((key) => `${path}:${key}`),
    );
    const args = ["secrets", "sync", "--dir", paths.out, ...supply.flatMap((key) => ["--supply", `${key}=env:VALUE`])];
    expect(await asOperator(args, { VALUE: "supplied-by-a-person" })).toMatchObject({
      code: 0,
      stderr: expect.anything(),
    });
    expect(await asOperator(["secrets", "status", "--dir", paths.out, "--json"])).toMatchObject({ code: 0 });
  });

  test("rotates a password of one environment, and nothing else changes", async () => {
    const before = await versions();
    expect(
      await asOperator(["secrets", "rotate", "staging/openpanel", "postgres_password", "--dir", paths.out]),
    ).toMatchObject({ code: 0 });
    const changed = Object.entries(await versions()).filter(([path, version]) => before[path] !== version);
    expect(changed.map(([path]) => path)).toEqual(["staging/openpanel"]);
  });

  test("takes a snapshot, and may not bring one back", async () => {
    const out = path.join(folder, "vault.snap");
    expect(await asOperator(["vault", "snapshot", "--out", out])).toMatchObject({ code: 0 });
    const { token } = await signOn("operator", ["operators"]);
    for (const each of ["snapshot", "snapshot-force"]) {
      expect((await ask({ method: "POST", path: `sys/storage/raft/${each}`, token, body: {} })).status).toBe(403);
    }
  });

  test("purges what an environment left, and nothing of a cluster", async () => {
    const { token } = await signOn("operator", ["operators"]);
    const body = { data: { password: "of-an-environment-that-is-gone" }, options: { cas: 0 } };
    expect((await ask({ method: "POST", path: "secret/data/dev/openpanel", token, body })).status).toBe(200);
    const purge = ["secrets", "purge", "dev", "--yes", "dev", "--dir", paths.out];
    expect(await asOperator(purge)).toMatchObject({ code: 0 });
    expect((await ask({ method: "GET", path: "secret/metadata/dev/openpanel", token })).status).toBe(403);
    const casdoor = await ask({ method: "DELETE", path: "secret/metadata/clusters/platform/casdoor", token });
    expect(casdoor.status).toBe(403);
  });

  test("reads nothing that nobody declares", async () => {
    const { token } = await signOn("operator", ["operators"]);
    for (const undeclared of ["staging/other", "other", "clusters/platform/other", "staging/openpanel/deeper"]) {
      expect(await allowedOn(target(), token, undeclared)).toEqual([]);
    }
  });

  test("applies every stack, and changes who operates the platform", async () => {
    const { token } = await signOn("operator", ["operators"]);
    await deployAs(token);
    const access = { operators: "operator", "night-watch": "operator", pipelines: "deployer" };
    const stacks = synthesize({ ...ORGANISATION, "platform.yaml": { ...ORGANISATION["platform.yaml"], access } });
    expect(await plan(stacks.get("l2-services-platform") ?? "")).toContain("1 to change");
    expect(await apply(stacks.get("l2-services-platform") ?? "")).toBe("applied");
    for (const stack of stacks.values()) expect(await plan(stack)).toBe("no changes");
    expect((await signOn("operator", ["night-watch"])).policies).toEqual(["deployer", "operator"]);
  });
});

describe("a command that takes its token from VAULT_TOKEN", () => {
  test("gets one of a login for as long as it runs", async () => {
    const file = path.join(folder, "scratch-token");
    const script = `require("node:fs").writeFileSync(${JSON.stringify(file)}, process.env.VAULT_TOKEN)`;
    const login = ["--login", "jwt", "--login-mount", "sso", "--login-role", "deployer", "--login-jwt", "env:JWT"];
    const { code, stderr } = await strata(["vault", "exec", ...login, "--", process.execPath, "-e", script], {
      env: { VAULT_ADDR: vault.address, VAULT_CACERT: vault.caFile, JWT: person(["pipelines"]) },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const token = kept(readFileSync(file, "utf8"));
    rmSync(file);
    expect(token).toMatch(/^hvs\./);
    expect((await ask({ method: "GET", path: "auth/token/lookup-self", token })).status).toBe(403);
  });
});

describe("the people of an environment", () => {
  test("an owner reads and writes its paths, each by its name, and nothing of another environment", async () => {
    const { token, policies, seconds } = await signOn("staging-owner", ["everybody", "staging-owners"]);
    expect(policies).toEqual(["staging-owner"]);
    expect(seconds).toBe(3600);
    for (const each of declared()) {
      // The keys of its backups are the platform's.
      const own = each.endsWith("/backups") ? ["look"] : ["read", "look", "patch"];
      const allowed = each.startsWith("staging/") ? own : [];
      expect({ path: each, allowed: await allowedOn(target(), token, each) }).toEqual({ path: each, allowed });
    }
    expect(await allowedOn(target(), token, "staging/other")).toEqual([]);
    expect(await listing(token, "staging/")).toEqual(["backups", "openpanel", "openpanel-runtime"]);
    for (const other of ["", "prod/", "clusters/"]) expect(await listing(token, other)).toBe(403);
  });

  test("an owner sets a value, and deletes a path", async () => {
    const { token } = await signOn("staging-owner", ["staging-owners"]);
    const request = { path: "secret/data/staging/openpanel-runtime", token };
    const body = { data: { cookie_secret: "set-by-its-owner" }, options: { cas: 1 } };
    expect((await ask({ ...request, method: "PATCH", body })).status).toBe(200);
    expect((await ask({ ...request, method: "GET" })).body).toMatchObject({ data: { data: body.data } });
    const metadata = { path: "secret/metadata/staging/openpanel-runtime", token };
    expect((await ask({ ...metadata, method: "DELETE" })).status).toBe(204);
    expect(await asOperator(["secrets", "sync", "--dir", paths.out])).toMatchObject({ code: 0 });
  });

  test("a developer and a viewer see outlines and no value", async () => {
    for (const [role, group] of [
      ["staging-developer", "developers"],
      ["staging-viewer", "support"],
      ["prod-viewer", "developers"],
    ] as const) {
      const { token } = await signOn(role, [group]);
      const environment = role.split("-")[0] ?? "";
      for (const each of declared()) {
        const allowed = each.startsWith(`${environment}/`) ? ["look"] : [];
        expect({ role, path: each, allowed: await allowedOn(target(), token, each) }).toEqual({
          role,
          path: each,
          allowed,
        });
      }
      const { body } = await ask({ method: "GET", path: `secret/subkeys/${environment}/openpanel`, token });
      const outline = z.object({ data: z.object({ subkeys: z.record(z.string(), z.null()) }) }).parse(body);
      expect(Object.keys(outline.data.subkeys)).toContain("postgres_password");
    }
  });

  test.each([
    { role: "staging-owner", group: "staging-owners" },
    { role: "staging-developer", group: "developers" },
    { role: "staging-viewer", group: "support" },
  ])("$role has strata secrets status tell what is there of its environment", async (somebody) => {
    const status = ["secrets", "status", "--dir", paths.out, "--json"];
    const own = await asPerson(somebody, [...status, "--environment", "staging"]);
    expect(own).toMatchObject({ code: 0 });
    const told = z.object({ paths: z.array(z.object({ path: z.string() })) }).parse(JSON.parse(own.stdout));
    expect(told.paths.map((each) => each.path)).toEqual(declared().filter((each) => each.startsWith("staging/")));
    expect(await asPerson(somebody, [...status, "--environment", "prod"])).toMatchObject({ code: 1 });
  });

  test("nobody of them does anything else with Vault", async () => {
    for (const [role, group] of [
      ["staging-owner", "staging-owners"],
      ["staging-viewer", "support"],
    ] as const) {
      const { token } = await signOn(role, [group]);
      for (const request of [
        { method: "LIST", path: "secret/metadata" },
        { method: "GET", path: "sys/policies/acl/operator" },
        { method: "PUT", path: `sys/policies/acl/${role}`, body: { policy: 'path "*" { capabilities = ["read"] }' } },
        { method: "POST", path: "auth/token/create", body: {} },
        { method: "GET", path: "sys/storage/raft/snapshot" },
        { method: "GET", path: "sys/audit" },
        { method: "GET", path: "auth/sso/config" },
      ] as const) {
        expect({ ...request, status: (await ask({ ...request, token })).status }).toEqual({ ...request, status: 403 });
      }
    }
  });
});

describe("a login", () => {
  test.each([
    ["a stranger without groups", () => person(undefined), /claim/],
    ["a person without one of the groups", () => person(["everybody", "staging"]), /bound claim/],
    [
      "groups of that name in another organisation",
      () => foreign({ groups: ["operators", "evil/operators"] }),
      /bound/,
    ],
    ["a token that has ended", () => person(["operators"], { seconds: -120 }), /expired/],
    ["a token for somebody else", () => foreign({ audience: "grafana" }), /audience/],
    ["a token that another client asked for", () => foreign({ more: { azp: "grafana" } }), /bound claim/],
    ["a token of another issuer", () => foreign({ issuer: CI }), /issuer/],
    ["a token with the key of another", () => stranger(), /signature|key/],
    [
      "a token that is signed with the published key as if it were a password",
      () => forged(),
      /algorithm|signature|key/,
    ],
    ["a token that is not signed", () => unsigned(), /algorithm|signature|jwt/i],
  ])("is refused to %s", async (_, jwt, reason) => {
    for (const role of ["operator", "staging-owner", "deployer"]) {
      const refused = await logIn(target(), "sso", role, jwt());
      expect(typeof refused).toBe("string");
      expect(refused).toMatch(/^40[03] /);
      expect(refused).toMatch(reason);
    }
  });

  test("is refused with the role of another environment", async () => {
    expect(await logIn(target(), "sso", "prod-owner", person(["staging-owners"]))).toMatch(/^400 /);
    expect(await logIn(target(), "sso", "operator", person(["staging-owners"]))).toMatch(/^400 /);
  });

  test("can't be made longer, and a token of it makes no other", async () => {
    const { token } = await signOn("operator", ["operators"]);
    expect((await ask({ method: "POST", path: "auth/token/renew-self", token })).status).toBe(403);
    expect((await ask({ method: "POST", path: "auth/token/create", token, body: { ttl: "720h" } })).status).toBe(403);
  });
});

describe("a machine that applies stacks", () => {
  test("logs in with the identity token of a CI job, of its repository and branch only", async () => {
    const job = (ref: string, repository = "acme/platform") =>
      kept(identity.token({ issuer: CI, subject: "job", audience: "vault", more: { repository, ref } }));
    const login = await logIn(target(), "jwt-ci", "deployer", job("refs/heads/main"));
    expect(login).toMatchObject({ policies: ["deployer"], seconds: 7200 });
    expect(await logIn(target(), "jwt-ci", "deployer", job("refs/heads/other"))).toMatch(/^400 .*bound claim/);
    expect(await logIn(target(), "jwt-ci", "deployer", job("refs/heads/main", "somebody/fork"))).toMatch(/bound claim/);
    expect(await logIn(target(), "jwt-ci", "operator", job("refs/heads/main"))).toMatch(/^400 /);
  });

  test("logs in as a service account of the central cluster", async () => {
    const atlantis = { namespace: "atlantis", serviceAccount: "atlantis" };
    const client = clusterClient(cluster);
    const core = client.makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: atlantis.namespace } } });
    for (const name of ["atlantis", "other"]) {
      await core.createNamespacedServiceAccount({ namespace: "atlantis", body: { metadata: { name } } });
    }
    await client.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
      body: {
        metadata: { name: "atlantis-token-review" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
        subjects: ["atlantis", "other"].map((name) => ({ kind: "ServiceAccount", name, namespace: "atlantis" })),
      },
    });
    // As the token that every pod has.
    const audiences = [vaultNames.apiAudience];
    const mount = "kubernetes-platform";
    const own = kept(await serviceAccountToken(cluster, atlantis, audiences));
    expect(await logIn(target(), mount, "deployer-atlantis", own)).toMatchObject({
      policies: ["deployer"],
      seconds: 7200,
    });
    const other = kept(await serviceAccountToken(cluster, { ...atlantis, serviceAccount: "other" }, audiences));
    expect(await logIn(target(), mount, "deployer-atlantis", other)).toMatch(/^403 /);
  });

  test("plans everything, adds an environment, and takes it away again", async () => {
    const { token } = await signOn("deployer", ["pipelines"]);
    await deployAs(token);
    const dev = {
      "environments/dev.yaml": {
        placement: { type: "shared" },
        access: { developers: "owner" },
        apps: { openpanel: {} },
      },
    };
    const stacks = synthesize({ ...ORGANISATION, ...dev }, [...STACKS, "l3-data-dev"]);
    // It was the operator who added the night watch, and a deployer may not take it away.
    const services = stacks.get("l2-services-platform") ?? "";
    expect(await apply(services)).toContain("permission denied");
    for (const id of STACKS)
      if (id !== "l2-services-platform") expect(await plan(stacks.get(id) ?? "")).toBe("no changes");
    const data = stacks.get("l3-data-dev") ?? "";
    expect(await apply(data)).toBe("applied");
    expect(await plan(data)).toBe("no changes");
    expect((await signOn("dev-owner", ["developers"])).policies).toEqual(["dev-owner"]);
    expect((await terraform.destroy(data)).code).toBe(0);
    expect(await logIn(target(), "sso", "dev-owner", person(["developers"]))).toMatch(/^400 /);
  });

  test("sees no secret, and changes neither what it may do nor the audit log", async () => {
    const { token } = await signOn("deployer", ["pipelines"]);
    for (const each of declared()) expect(await allowedOn(target(), token, each)).toEqual([]);
    expect(await listing(token, "")).toBe(403);
    const policy = 'path "*" { capabilities = ["read"] }';
    const role = { role_type: "jwt", user_claim: "sub", bound_audiences: ["vault"], policies: ["operator"] };
    for (const request of [
      { method: "PUT", path: "sys/policies/acl/deployer", body: { policy } },
      { method: "PUT", path: "sys/policies/acl/operator", body: { policy } },
      { method: "POST", path: "auth/sso/role/deployer", body: role },
      { method: "POST", path: "auth/sso/role/operator", body: role },
      { method: "POST", path: "auth/sso/config", body: { oidc_discovery_url: CI } },
      { method: "POST", path: "auth/jwt-ci/role/deployer", body: role },
      { method: "POST", path: "auth/kubernetes-platform/role/deployer-atlantis", body: {} },
      { method: "DELETE", path: "sys/audit/file" },
      { method: "DELETE", path: "sys/mounts/secret" },
      { method: "POST", path: "sys/auth/other", body: { type: "userpass" } },
      { method: "POST", path: "auth/token/create", body: {} },
      { method: "GET", path: "sys/storage/raft/snapshot" },
    ] as const) {
      expect({ ...request, status: (await ask({ ...request, token })).status }).toEqual({ ...request, status: 403 });
    }
  });
});

test("no token and no value is in a state, a plan or a log", async () => {
  const { token } = await signOn("operator", ["operators"]);
  const { body } = await ask({ method: "GET", path: "secret/data/staging/openpanel", token });
  const { data } = z.object({ data: z.object({ data: z.record(z.string(), z.string()) }) }).parse(body).data;
  const values = [data.postgres_password ?? "", data.redis_password ?? ""];
  expect(values.every((value) => value.length > 20)).toBe(true);
  const found = filesWith(folder, [...secret, ...values]);
  for (const value of [...secret, ...values]) {
    expect(found.get(value)).toEqual(value === rootToken ? ["vault/keys.json"] : []);
  }
  expect(readFileSync(vault.auditFile, "utf8")).toContain("auth/sso/login");
});

function foreign(more: Partial<Claims>): string {
  return kept(identity.token({ issuer: SSO, subject: "x", audience: "vault", groups: everything(), ...more }));
}

/** The right claims, signed by somebody who is nobody here. */
function stranger(): string {
  return kept(new SigningKey().token({ issuer: SSO, subject: "x", audience: "vault", groups: everything() }));
}

function unsigned(): string {
  return `${headed({ alg: "none", typ: "JWT" })}.`;
}

/** Signed as if the public key were a shared secret. */
function forged(): string {
  const text = headed({ alg: "HS256", typ: "JWT" });
  return `${text}.${createHmac("sha256", "the published key").update(text).digest("base64url")}`;
}

function headed(header: object): string {
  const payload = foreign({}).split(".")[1] ?? "";
  return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}`;
}

const everything = () => ["operators", "pipelines", "staging-owners"].map(inClaim);

/** A group as Casdoor writes it into tokens. */
function inClaim(group: string): string {
  return `acme/${group}`;
}

/** The names in a folder, or the status of the refusal. */
async function listing(token: string, below: string): Promise<readonly string[] | number> {
  const { status, body } = await ask({ method: "LIST", path: `secret/metadata/${below}`, token });
  if (status !== 200) return status;
  return z.object({ data: z.object({ keys: z.array(z.string()) }) }).parse(body).data.keys;
}

const report = z.object({ paths: z.array(z.object({ path: z.string(), version: z.int().optional() })) });

async function versions(): Promise<Readonly<Record<string, number | undefined>>> {
  const { stdout } = await asOperator(["secrets", "status", "--dir", paths.out, "--json"]);
  return Object.fromEntries(report.parse(JSON.parse(stdout)).paths.map(({ path, version }) => [path, version]));
}
