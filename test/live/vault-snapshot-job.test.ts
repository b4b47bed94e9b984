import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CoreV1Api, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { z } from "zod";
import { examineSnapshot } from "../../cli/vault/raft/archive";
import { snapshotAccount } from "../../constructs/components/vault/names";
import { TOKEN_FOLDER, takeScript, WORK } from "../../constructs/components/vault/snapshots/scripts";
import { vaultNames } from "../../constructs/core/names";
import { SnapshotTaker, VaultProvider } from "../../constructs/vault";
import type { ClusterConnection } from "../../sandbox/clusters/driver";
import { EmbeddedClusters } from "../../sandbox/clusters/embedded";
import { PROGRAM_NAMES } from "../../sandbox/clusters/embedded/programs";
import { sandboxAuthority } from "../../sandbox/live/engine/authority";
import { Servers } from "../../sandbox/live/servers";
import { openVault, SandboxVault, strataProgram } from "../../sandbox/live/vault";
import { inherited } from "../../sandbox/run/environment";
import { sandboxPaths } from "../../sandbox/run/paths";
import { requireTools } from "../../sandbox/tools/find";
import { clusterStack, render, resourcesOf } from "../helpers/program";
import { filesWith } from "./support/files-with";
import { clusterClient, serviceAccountToken } from "./support/service-account-tokens";
import { askVault, type VaultRequest } from "./support/vault-requests";

jest.setTimeout(120_000);

const CLUSTER = "test";
const ACCOUNT = snapshotAccount(CLUSTER);
const folder = mkdtempSync(path.join(tmpdir(), "strata-live-snapshot-job-"));
const paths = sandboxPaths(folder);
const servers = new Servers();
const tools = requireTools(["vault", ...PROGRAM_NAMES]);
const program = tools.get("vault") ?? "";
let cluster: ClusterConnection;
let vault: SandboxVault;
let ca = "";
let rootToken = "";

beforeAll(async () => {
  const pki = await sandboxAuthority(path.join(folder, "pki"));
  ca = pki.authority.certificate;
  const clusters = new EmbeddedClusters({ servers, tools, folder: path.join(folder, "clusters") });
  const id = "00000000-0000-4000-8000-000000000000";
  const spec = { id, label: CLUSTER, region: "ams", version: "v1.33.0+1", digest: "0".repeat(40) };
  cluster = await clusters.create(spec);
  const clusterNames = (host: string) => (host === "kubernetes.default.svc" ? cluster.server : undefined);
  vault = await SandboxVault.open({
    folder: path.join(folder, "vault"),
    servers,
    ...pki,
    program,
    logs: paths.logs,
    clusterNames,
  });
  await vault.start();
  const strata = strataProgram({ root: paths.root, home: path.join(folder, "home") });
  rootToken = (await openVault({ vault, strata })).rootToken;
  await makeAccount();
  await makeRole();
});

afterAll(async () => {
  await vault?.stop();
  await servers.stop();
  rmSync(folder, { recursive: true, force: true });
});

function ask(request: VaultRequest) {
  return askVault({ address: vault.address, ca }, { token: rootToken, ...request });
}

/** As the component makes it: it may have its own token reviewed. */
async function makeAccount(): Promise<void> {
  const { namespace, serviceAccount: name } = ACCOUNT;
  const client = clusterClient(cluster);
  await client.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
  await client.makeApiClient(CoreV1Api).createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
  await client.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
    body: {
      metadata: { name: "token-review" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  });
}

const policy = z.object({ name: z.string(), policy: z.string() });
const role = z.looseObject({ role_name: z.string(), backend: z.string() });

/** Policy and role as the stack of the cluster's secrets renders them; the provider's names are those of Vault's API. */
async function makeRole(): Promise<void> {
  const { [CLUSTER]: json } = render((app) => {
    const { stack } = clusterStack(app, CLUSTER);
    const provider = new VaultProvider(stack, "vault", {});
    new SnapshotTaker(stack, "snapshots", { provider, account: ACCOUNT, dependsOn: [] });
  });
  const rules = policy.parse(resourcesOf(json, "vault_policy")[0]);
  const {
    role_name,
    backend,
    depends_on: _,
    provider: __,
    token_policies: ___,
    ...settings
  } = role.parse(resourcesOf(json, "vault_kubernetes_auth_backend_role")[0]);
  expect(backend).toBe(vaultNames.authMount(CLUSTER));
  const host = "https://kubernetes.default.svc";
  const config = {
    kubernetes_host: host,
    kubernetes_ca_cert: cluster.certificateAuthority,
    disable_local_ca_jwt: true,
  };
  const requests: VaultRequest[] = [
    { method: "PUT", path: `sys/policies/acl/${rules.name}`, body: { policy: rules.policy } },
    { method: "POST", path: `sys/auth/${backend}`, body: { type: "kubernetes" } },
    { method: "POST", path: `auth/${backend}/config`, body: config },
    { method: "POST", path: `auth/${backend}/role/${role_name}`, body: { ...settings, token_policies: [rules.name] } },
  ];
  for (const request of requests) expect(await ask(request)).toMatchObject({ status: 204 });
}

/** Runs what the pod's first container runs, with the token of an account as the kubelet mounts it: for one audience. */
async function take(account = ACCOUNT, audience: string = vaultNames.apiAudience) {
  const work = mkdtempSync(path.join(folder, "pod-"));
  writeFileSync(path.join(work, "token"), await serviceAccountToken(cluster, account, [audience]), { mode: 0o600 });
  const script = takeScript(CLUSTER).replaceAll(`${WORK}/`, `${work}/`).replaceAll(TOKEN_FOLDER, work);
  mkdirSync(path.join(work, "home"));
  const env = {
    ...inherited(),
    PATH: `${path.dirname(program)}:${process.env.PATH ?? ""}`,
    HOME: path.join(work, "home"),
    VAULT_ADDR: vault.address,
    VAULT_CACERT: vault.caFile,
  };
  const child = spawn("/bin/sh", ["-ec", script], { env, cwd: work });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => said.push(text.toString()));
  const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? 1)));
  return { code, said: said.join(""), work, file: path.join(work, "vault.snap") };
}

/** How many tokens there are. */
async function tokens(): Promise<number> {
  const { body } = await ask({ method: "LIST", path: "auth/token/accessors" });
  return z.object({ data: z.object({ keys: z.array(z.string()) }) }).parse(body).data.keys.length;
}

test("the account takes a whole snapshot with its mounted token, and leaves no token behind", async () => {
  const before = await tokens();
  const { code, said, file, work } = await take();
  expect({ code, said }).toMatchObject({ code: 0, said: expect.stringMatching(/^snapshot of \d+ bytes$/m) });
  expect((await examineSnapshot(file)).bytes).toBe(readFileSync(file).length);
  expect(await tokens()).toBe(before);
  const jwt = readFileSync(path.join(work, "token"), "utf8");
  expect(said).not.toContain(jwt);
  expect(filesWith(work, [jwt]).get(jwt)).toEqual(["token"]);
});

test("no other account of the namespace does, and no token that is for Vault alone: nobody could review it", async () => {
  const stranger = await take({ ...ACCOUNT, serviceAccount: "default" });
  expect(stranger).toMatchObject({ code: 2, said: expect.stringContaining("service account name not authorized") });
  expect(await take(ACCOUNT, vaultNames.audience)).toMatchObject({ code: 2, said: expect.stringContaining("403") });
});

test("it may do nothing else: neither read a secret nor restore", async () => {
  const jwt = await serviceAccountToken(cluster, ACCOUNT, [vaultNames.apiAudience]);
  const name = vaultNames.reader(CLUSTER, ACCOUNT.namespace, ACCOUNT.serviceAccount);
  const login = {
    method: "POST",
    path: `auth/${vaultNames.authMount(CLUSTER)}/login`,
    body: { role: name, jwt },
  } as const;
  const auth = z.object({ auth: z.object({ client_token: z.string(), policies: z.array(z.string()) }) });
  const { client_token: token, policies } = auth.parse((await ask(login)).body).auth;
  expect(policies).toEqual([name]);
  for (const request of [
    { method: "GET", path: "secret/data/staging/openpanel" },
    { method: "POST", path: "sys/storage/raft/snapshot" },
    { method: "POST", path: "sys/storage/raft/snapshot-force" },
    { method: "GET", path: "sys/storage/raft/configuration" },
    { method: "POST", path: "auth/token/create", body: {} },
  ] as const) {
    expect({ ...request, status: (await ask({ ...request, token })).status }).toMatchObject({ status: 403 });
  }
});

test("of a sealed Vault there is none, and the run says why", async () => {
  expect((await ask({ method: "PUT", path: "sys/seal" })).status).toBe(204);
  const { code, said } = await take();
  expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining("Vault is sealed") });
});
