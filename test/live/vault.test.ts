import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CoreV1Api, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { z } from "zod";
import { readDeclarations } from "../../cli/secrets/declarations";
import { stackId } from "../../constructs/core/names";
import { readersOf } from "../../constructs/vault/readers";
import type { ClusterConnection } from "../../sandbox/clusters/driver";
import { EmbeddedClusters } from "../../sandbox/clusters/embedded";
import { sandboxAuthority } from "../../sandbox/live/engine/authority";
import { IdentityStandIn, issuersOf } from "../../sandbox/live/identity";
import { RealProviders } from "../../sandbox/live/providers";
import { Servers } from "../../sandbox/live/servers";
import { fillVault, openVault, SandboxVault, strataProgram, writeBootstrapSecrets } from "../../sandbox/live/vault";
import { inherited } from "../../sandbox/run/environment";
import { sandboxPaths } from "../../sandbox/run/paths";
import { Processes } from "../../sandbox/run/processes";
import { synthesize } from "../../sandbox/run/synth";
import { openTerraform, type SandboxTerraform } from "../../sandbox/run/terraform";
import { requireTools } from "../../sandbox/tools/find";
import { filesWith } from "./support/files-with";
import { clusterClient } from "./support/service-account-tokens";
import { proveLogins, unexpected } from "./support/vault-logins";
import { askVault, type VaultRequest } from "./support/vault-requests";
import { keepVaultOnly, writeClusterState, writeOutputStates } from "./support/vault-stacks";

jest.setTimeout(300_000);

const CLUSTERS = ["platform", "prod"] as const;
const CLUSTER_TOOLS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"];
/** In the order in which they depend on each other. */
const STACKS = [
  "l2-secrets-platform",
  "l2-secrets-prod",
  "l2-services-platform",
  "l3-data-staging",
  "l3-data-prod",
] as const;

const folder = mkdtempSync(path.join(tmpdir(), "strata-live-vault-"));
const paths = sandboxPaths(folder);
const servers = new Servers();
const processes = new Processes(paths.pids);
const strata = strataProgram({ root: paths.root, home: path.join(folder, "home") });
const connections = new Map<string, ClusterConnection>();
const stacks = new Map<string, string>();
let vault: SandboxVault;
let identity: IdentityStandIn;
let providers: RealProviders;
let terraform: SandboxTerraform;
let authority: string;
let rootToken = "";

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
    clusterNames: (host) =>
      host === "kubernetes.default.svc" ? connections.get("platform")?.server : identity.address(host),
  });
  const clusters = new EmbeddedClusters({ servers, tools, folder: path.join(folder, "clusters") });
  for (const [index, name] of CLUSTERS.entries()) {
    const id = `00000000-0000-4000-8000-00000000000${index}`;
    const spec = { id, label: name, region: "ams", version: "v1.33.0+1", digest: `${index}`.repeat(40) };
    connections.set(name, await clusters.create(spec));
  }
  await synthesize({ paths, processes, config: path.join(paths.root, "examples", "acme"), allowDestroy: false });
  for (const [name, connection] of connections) writeClusterState(paths, stackId.cluster(name), connection);
  writeOutputStates(paths, secrets());
  for (const id of STACKS) stacks.set(id, keepVaultOnly(paths, id));
  providers = new RealProviders({ servers, tools, logs: paths.logs, cwd: folder });
});

afterAll(async () => {
  await vault?.stop();
  await identity?.stop();
  await providers?.stop();
  await servers.stop();
  rmSync(folder, { recursive: true, force: true });
});

function ask(request: VaultRequest) {
  return askVault({ address: vault.address, ca: authority }, request);
}

const secrets = () => readDeclarations(paths.out);
const access = () => ({ vault, strata, out: paths.out, token: rootToken, env: { ...terraformEnvironment() } });
const terraformEnvironment = () => ({ TERRAFORM_BINARY_NAME: terraform.env.TERRAFORM_BINARY_NAME ?? "terraform" });

async function applied(id: string): Promise<void> {
  const stack = stacks.get(id) ?? "";
  for (const step of [await terraform.init(stack), await terraform.apply(stack)]) {
    if (step.code !== 0) throw new Error(step.output);
  }
}

async function plan(id: string): Promise<string> {
  const { code, output } = await terraform.plan(stacks.get(id) ?? "");
  return code === 0 ? "no changes" : output;
}

/** What a cluster's own stacks would have made: namespaces and the accounts that read secrets. */
async function makeAccounts(): Promise<void> {
  for (const { reader } of readersOf(secrets().secrets)) {
    const connection = connections.get(reader.cluster);
    if (connection === undefined) throw new Error(`There is no cluster ${reader.cluster}.`);
    const client = clusterClient(connection);
    const { namespace, serviceAccount: name } = reader;
    const core = client.makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
    await client.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
      body: {
        metadata: { name: `${namespace}-token-review` },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      },
    });
  }
}

describe("the real Vault of a sandbox", () => {
  test("is opened by its owner's commands, once", async () => {
    expect(vault.exists()).toBe(false);
    await vault.start();
    expect(await vault.status()).toMatchObject({ initialised: false, unsealed: false });
    const opened = await openVault({ vault, strata });
    expect(opened.done).toBe("initialised");
    expect(await vault.status()).toMatchObject({ initialised: true, unsealed: true, active: true });
    expect(statSync(vault.keysFile).mode & 0o777).toBe(0o600);
    rootToken = opened.rootToken;
    expect((await openVault({ vault, strata })).done).toBe("nothing");
  });

  test("takes what the program says of it from the real provider, and a second plan is empty", async () => {
    const env = { VAULT_ADDR: vault.address, VAULT_CACERT: vault.caFile, VAULT_TOKEN: rootToken };
    await providers.start("vault", { ...inherited(), HOME: paths.home, ...env });
    terraform = openTerraform({ providers: { reattach: JSON.stringify(providers.reattach()) }, folder, processes });
    for (const id of STACKS) await applied(id);
    for (const id of STACKS) expect(await plan(id)).toBe("no changes");
  });

  test("writes its audit log in the sandbox, and the provider knows only the path of production", async () => {
    expect(existsSync(vault.auditFile)).toBe(true);
    const state = readFileSync(path.join(paths.state, "l2-secrets-platform.tfstate"), "utf8");
    expect(state).toContain('"file_path": "/vault/audit/audit.log"');
    expect(state).not.toContain(vault.auditFile);
    const { body } = await ask({ method: "GET", path: "sys/audit", token: rootToken });
    expect(body).toMatchObject({ "file/": { options: { file_path: "/vault/audit/audit.log" } } });
  });

  test("is filled by the sync, once", async () => {
    const keys = secrets().secrets.reduce((sum, secret) => sum + Object.keys(secret.keys).length, 0);
    expect(await fillVault(access())).toEqual({ created: keys, kept: 0 });
    expect(await fillVault(access())).toEqual({ created: 0, kept: keys });
  });

  test("has what its clusters need before it, once", async () => {
    for (const connection of connections.values()) {
      const core = clusterClient(connection).makeApiClient(CoreV1Api);
      await core.createNamespace({ body: { metadata: { name: "cert-manager" } } });
    }
    expect(await writeBootstrapSecrets(access())).toEqual({ created: 2, kept: 0 });
    expect(await writeBootstrapSecrets(access())).toEqual({ created: 0, kept: 2 });
  });

  test("lets every reader of both clusters read its own paths, and nothing else", async () => {
    await makeAccounts();
    await expectLogins();
  });

  test("has its proof of the readers notice a policy that somebody widened, and the program narrow it again", async () => {
    const policy = 'path "secret/data/*" { capabilities = ["read"] }';
    const name = "platform-casdoor-secret-reader";
    const widened = await ask({ method: "PUT", path: `sys/policies/acl/${name}`, token: rootToken, body: { policy } });
    expect(widened.status).toBe(204);
    const wrong = unexpected(await provedLogins()).filter(({ got }) => got === "allowed");
    expect(new Set(wrong.map(({ reader }) => reader))).toEqual(new Set([name]));
    const foreign = secrets().secrets.filter(({ readers }) =>
      readers.every(({ namespace }) => namespace !== "casdoor"),
    );
    expect(foreign.length).toBeGreaterThanOrEqual(6);
    expect(wrong).toHaveLength(foreign.length);
    expect(await plan("l2-secrets-platform")).toContain("1 to change");
    await applied("l2-secrets-platform");
    await expectLogins();
  });

  test("has a sync finish what Vault did without answering, in one version", async () => {
    const secret = "staging/openpanel-runtime";
    const { front } = vault;
    if (front === undefined) throw new Error("Vault does not run.");
    await forget([secret]);
    let lost = 0;
    front.interfere = ({ method, target }) => {
      const isFirst = method !== "GET" && target.endsWith(secret) && lost++ === 0;
      return isFirst ? { drop: "answer" } : {};
    };
    expect((await fillVault(access())).created).toBe(2);
    front.interfere = () => ({});
    expect(lost).toBe(1);
    expect(await versionOf(secret)).toBe(1);
  });

  test("has a sync that its crash has cut off finished by the next one, with no path written twice", async () => {
    const { front } = vault;
    if (front === undefined) throw new Error("Vault does not run.");
    const declared = secrets().secrets.map(({ path }) => path);
    await forget(declared);
    let writes = 0;
    front.interfere = ({ method, target }) => {
      if (method !== "GET" && target.startsWith("/v1/secret/data/") && ++writes === 4) void vault.kill();
      return {};
    };
    await expect(fillVault(access())).rejects.toThrow(/strata secrets sync failed/);
    front.interfere = () => ({});
    await vault.start();
    expect((await openVault({ vault, strata })).done).toBe("unsealed");
    const { created, kept } = await fillVault(access());
    expect(created).toBeGreaterThan(0);
    expect(kept).toBeGreaterThan(0);
    expect(await Promise.all(declared.map(versionOf))).toEqual(declared.map(() => 1));
    await expectLogins();
  });

  test("keeps everything over a restart, and is sealed after it", async () => {
    const { address } = vault;
    await vault.stop();
    await vault.start();
    expect(vault.address).toBe(address);
    expect(await vault.status()).toMatchObject({ initialised: true, unsealed: false });
    expect((await openVault({ vault, strata })).done).toBe("unsealed");
    expect((await fillVault(access())).created).toBe(0);
    for (const id of STACKS) expect(await plan(id)).toBe("no changes");
  });

  test("keeps everything over a crash, during which clients are told that it does not answer", async () => {
    await vault.kill();
    expect(await ask({ method: "GET", path: "sys/health" })).toEqual({
      status: 502,
      body: { errors: ["Vault does not answer"] },
    });
    await vault.start();
    expect((await openVault({ vault, strata })).done).toBe("unsealed");
    expect((await fillVault(access())).created).toBe(0);
  });

  test("writes no value in clear anywhere", async () => {
    const marker = "marker-7c1e9d52a4";
    const request = { path: "secret/data/sandbox/marker", token: rootToken };
    const write = await ask({ ...request, method: "POST", body: { data: { value: marker }, options: { cas: 0 } } });
    expect(write.status).toBe(200);
    expect((await ask({ ...request, method: "GET" })).body).toMatchObject({ data: { data: { value: marker } } });
    expect(readFileSync(vault.auditFile, "utf8")).toContain("secret/data/sandbox/marker");
    const { unseal_keys_b64: keys } = JSON.parse(readFileSync(vault.keysFile, "utf8")) as { unseal_keys_b64: string[] };
    const generated = Object.values(await valuesOf("staging/openpanel-runtime"));
    const found = filesWith(folder, [marker, rootToken, ...generated, ...keys]);
    for (const value of [marker, ...generated]) expect(found.get(value)).toEqual([]);
    for (const value of [rootToken, ...keys]) expect(found.get(value)).toEqual(["vault/keys.json"]);
  });

  test("says what to do when its keys are lost", async () => {
    await vault.stop();
    await vault.start();
    rmSync(vault.keysFile);
    await expect(openVault({ vault, strata })).rejects.toThrow(/keys\.json with its keys is not there/);
  });

  test("leaves nothing when it is removed", async () => {
    await vault.remove();
    expect(vault.exists()).toBe(false);
    expect(existsSync(path.join(folder, "vault"))).toBe(false);
    expect(await vault.status()).toBeUndefined();
  });
});

const storedSecret = z.object({
  data: z.object({ data: z.record(z.string(), z.string()), metadata: z.object({ version: z.number() }) }),
});

async function stored(secret: string) {
  return storedSecret.parse((await ask({ method: "GET", path: `secret/data/${secret}`, token: rootToken })).body).data;
}

const valuesOf = async (secret: string) => (await stored(secret)).data;
const versionOf = async (secret: string) => (await stored(secret)).metadata.version;

/** Takes secrets away with all of their history. */
async function forget(paths: readonly string[]): Promise<void> {
  for (const secret of paths) {
    const { status } = await ask({ method: "DELETE", path: `secret/metadata/${secret}`, token: rootToken });
    expect(status).toBe(204);
  }
}

function provedLogins() {
  const target = { address: vault.address, ca: authority };
  return proveLogins({ vault: target, secrets: secrets(), clusters: connections });
}

async function expectLogins(): Promise<void> {
  const rows = await provedLogins();
  expect(unexpected(rows)).toEqual([]);
  const readers = readersOf(secrets().secrets);
  expect(readers.length).toBeGreaterThanOrEqual(8);
  expect(new Set(rows.map(({ reader }) => reader)).size).toBe(readers.length);
  const reads = rows.filter(({ path, expected }) => path.startsWith("read ") && expected === "allowed");
  expect(reads).toHaveLength(readers.flatMap(({ paths }) => paths).length);
}
