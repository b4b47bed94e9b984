import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { vaultPolicy } from "../../cli/secrets/vault-policy";
import { sandboxAuthority } from "../../sandbox/live/engine/authority";
import { Servers } from "../../sandbox/live/servers";
import { openVault, SandboxVault, strataProgram } from "../../sandbox/live/vault";
import { sandboxPaths } from "../../sandbox/run/paths";
import { requireTools } from "../../sandbox/tools/find";
import { generated, hex, supplied, type TestSecret, writeProgram } from "../cli/support/program";
import { until } from "./support/until";
import { askVault, type VaultRequest } from "./support/vault-requests";

jest.setTimeout(120_000);

const SMTP_PASSWORD = "password-of-the-mail-server";
const openpanel: TestSecret = {
  path: "staging/openpanel",
  readers: [{ cluster: "platform", namespace: "data-staging", serviceAccount: "secret-reader" }],
  keys: {
    postgres_host: { kind: "fixed", value: "postgresql.data-staging" },
    postgres_password: generated,
    encryption_key: { ...hex, permanent: "what is stored can be read with this key only" },
    smtp_password: supplied,
    saml_key: { kind: "generated", rule: { keyPair: "ecdsa-p256" } },
    saml_public_key: { kind: "derived", template: "{{ .saml_key | publicKey }}" },
    postgres_hash: { kind: "derived", template: "{{ .postgres_password | sha256sum }}" },
  },
};
const prod: TestSecret = { path: "prod/openpanel", keys: { postgres_password: generated } };
const STACKS = ["l3-data-staging", "l4-apps-staging"];
const dir = writeProgram({
  secrets: [openpanel, prod],
  stacks: Object.fromEntries(STACKS.map((id) => [id, []])),
  backends: Object.fromEntries(STACKS.map((id) => [id, { local: { path: `../../../state/${id}.tfstate` } }])),
});

const folder = mkdtempSync(path.join(tmpdir(), "strata-live-snapshot-"));
const paths = sandboxPaths(folder);
const servers = new Servers();
const strata = strataProgram({ root: paths.root, home: path.join(folder, "home") });
const oldKeys = path.join(folder, "old-keys.json");
const snapshot = path.join(folder, "vault.snap");
let pki: Awaited<ReturnType<typeof sandboxAuthority>>;
let vault: SandboxVault;
let rootToken = "";
/** All that was ever printed. */
const printed: string[] = [];

const open = () =>
  SandboxVault.open({
    folder: path.join(folder, "vault"),
    servers,
    ...pki,
    program: requireTools(["vault"]).get("vault") ?? "",
    logs: paths.logs,
  });

beforeAll(async () => {
  pki = await sandboxAuthority(path.join(folder, "pki"));
  vault = await open();
  await vault.start();
  rootToken = (await openVault({ vault, strata })).rootToken;
  await ask({ method: "POST", path: "sys/mounts/secret", body: { type: "kv", options: { version: "2" } } });
  // As the l2-secrets stack has it; the mount is upgraded for a moment after it was made.
  await until(async () => {
    const body = { max_versions: 10, cas_required: true };
    return (await ask({ method: "POST", path: "secret/config", body })).status === 204;
  }, 10_000);
});

afterAll(async () => {
  await vault?.stop();
  await servers.stop();
  rmSync(folder, { recursive: true, force: true });
});

function ask(request: VaultRequest) {
  return askVault({ address: vault.address, ca: pki.authority.certificate }, { token: rootToken, ...request });
}

/** Runs a command as its owner does, with the root token where no other way is named. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = { VAULT_TOKEN: rootToken }) {
  const outcome = await strata(args, {
    env: { VAULT_ADDR: vault.address, VAULT_CACERT: vault.caFile, SMTP: SMTP_PASSWORD, ...env },
  });
  printed.push(outcome.stdout, outcome.stderr);
  return outcome;
}

const secrets = (words: readonly string[], env?: Readonly<Record<string, string>>) =>
  run(["secrets", ...words, "--dir", dir], env);

const stored = z.object({ data: z.object({ data: z.record(z.string(), z.string()) }) });

async function data(secret: string): Promise<Readonly<Record<string, string>>> {
  return stored.parse((await ask({ method: "GET", path: `secret/data/${secret}` })).body).data.data;
}

const statusReport = z.object({
  paths: z.array(z.object({ path: z.string(), state: z.string(), version: z.int().optional(), written: z.string() })),
  undeclaredPaths: z.array(z.string()),
  summary: z.object({ present: z.int(), missing: z.int() }),
});

/** A token that may do what a command needs and nothing else. */
async function tokenFor(name: string, policy: string): Promise<string> {
  await ask({ method: "PUT", path: `sys/policies/acl/${name}`, body: { policy } });
  const { body } = await ask({ method: "POST", path: "auth/token/create", body: { policies: [name], ttl: "10m" } });
  return z.object({ auth: z.object({ client_token: z.string() }) }).parse(body).auth.client_token;
}

describe("the secrets of a real Vault", () => {
  test("are created by a token with the rights that the command names", async () => {
    const token = await tokenFor("sync", vaultPolicy("secret", ["read", "write"]));
    const supply = ["--supply", "staging/openpanel:smtp_password=env:SMTP"];
    const { code, stderr } = await secrets(["sync", ...supply], { VAULT_TOKEN: token });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { postgres_password = "", ...others } = await data("staging/openpanel");
    expect(others.postgres_hash).toBe(createHash("sha256").update(postgres_password).digest("hex"));
    expect(others).toMatchObject({ smtp_password: SMTP_PASSWORD, saml_public_key: expect.stringContaining("PUBLIC") });
  });

  test("are shown with kinds, version and time by a token that may read none of them", async () => {
    const body = { data: { password: "left behind" }, options: { cas: 0 } };
    await ask({ method: "POST", path: "secret/data/old/place%20with%20space", body });
    const token = await tokenFor("status", vaultPolicy("secret", ["look", "list"]));
    const { code, stdout } = await secrets(["status", "--json"], { VAULT_TOKEN: token });
    expect(code).toBe(0);
    const report = statusReport.parse(JSON.parse(stdout));
    expect(report).toMatchObject({
      paths: [
        { path: "staging/openpanel", state: "stored", version: 1 },
        { path: "prod/openpanel", state: "stored", version: 1 },
      ],
      undeclaredPaths: ["old/place with space"],
      summary: { present: 8, missing: 0 },
    });
    for (const { written } of report.paths) expect(Date.now() - Date.parse(written)).toBeLessThan(120_000);
    const read = await ask({ method: "GET", path: "secret/data/staging/openpanel", token });
    expect(read.status).toBe(403);
  });

  test("are rotated one by one, and what is derived follows", async () => {
    const before = await data("staging/openpanel");
    const untouched = await data("prod/openpanel");
    const token = await tokenFor("rotate", vaultPolicy("secret", ["read", "write"], "staging/"));
    const rotate = ["rotate", "staging/openpanel", "postgres_password", "--no-rollout"];
    expect((await secrets(rotate, { VAULT_TOKEN: token })).code).toBe(0);
    const after = await data("staging/openpanel");
    const changed = Object.keys(after).filter((key) => after[key] !== before[key]);
    expect(changed.sort()).toEqual(["postgres_hash", "postgres_password"]);
    expect(await data("prod/openpanel")).toEqual(untouched);
    const { stdout } = await secrets(["status", "--json"]);
    expect(statusReport.parse(JSON.parse(stdout)).paths).toMatchObject([{ version: 2 }, { version: 1 }]);
    const refused = await secrets(["rotate", "staging/openpanel", "encryption_key"]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("with this key only") });
  });

  test("are reached with the identity token of a CI job, and the login leaves no token behind", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    await ask({ method: "POST", path: "sys/auth/jwt-ci", body: { type: "jwt" } });
    await ask({ method: "POST", path: "auth/jwt-ci/config", body: { jwt_validation_pubkeys: [pem] } });
    const role = { role_type: "jwt", user_claim: "sub", bound_audiences: ["vault"], token_policies: ["status"] };
    await ask({ method: "POST", path: "auth/jwt-ci/role/pipeline", body: role });
    const jwt = (audience: string) => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const exp = Math.floor(Date.now() / 1000) + 300;
      const text = `${part({ alg: "ES256", typ: "JWT" })}.${part({ sub: "ci", aud: audience, iat: exp - 310, exp })}`;
      const signature = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });
      return `${text}.${signature.toString("base64url")}`;
    };
    const login = [
      "--login",
      "jwt",
      "--login-mount",
      "jwt-ci",
      "--login-role",
      "pipeline",
      "--login-jwt",
      "env:ID_TOKEN",
    ];
    const tokens = async () =>
      JSON.stringify((await ask({ method: "LIST", path: "auth/token/accessors" })).body).length;
    const before = await tokens();
    const good = jwt("vault");
    expect(await secrets(["status", ...login], { ID_TOKEN: good })).toMatchObject({ code: 0 });
    expect(await tokens()).toBe(before);
    const { code, stderr } = await secrets(["status", ...login], { ID_TOKEN: jwt("elsewhere") });
    expect(code).toBe(1);
    expect(stderr).toContain("it refused the login as role pipeline at auth/jwt-ci: ");
    expect(printed.join("\n")).not.toContain(good);
  });
});

describe("a snapshot of a real Vault", () => {
  let kept: Readonly<Record<string, string>>;
  const raft = 'path "sys/storage/raft/snapshot" { capabilities = ["read"] }';

  test("is a new file for its owner only, with nothing in clear", async () => {
    kept = await data("staging/openpanel");
    const token = await tokenFor("snapshot", raft);
    const { code, stdout } = await run(["vault", "snapshot", "--out", snapshot], { VAULT_TOKEN: token });
    expect(code).toBe(0);
    expect(stdout).toBe(`${createHash("sha256").update(readFileSync(snapshot)).digest("hex")}  ${snapshot}\n`);
    expect(statSync(snapshot).mode & 0o777).toBe(0o600);
    expect(gunzipSync(readFileSync(snapshot)).includes(SMTP_PASSWORD)).toBe(false);
    expect((await run(["vault", "snapshot", "--out", snapshot])).stderr).toContain("exists already");
    copyFileSync(vault.keysFile, oldKeys);
  });

  test("is not given to a token without the right", async () => {
    const token = await tokenFor("status", vaultPolicy("secret", ["look", "list"]));
    const { code, stderr } = await run(["vault", "snapshot", "--out", path.join(folder, "none")], {
      VAULT_TOKEN: token,
    });
    expect(code).toBe(1);
    expect(stderr).toContain("the token may not take a snapshot");
  });

  test("takes back what was written since, in the Vault that it is of", async () => {
    expect((await secrets(["rotate", "staging/openpanel", "--no-rollout"])).code).toBe(0);
    expect(await data("staging/openpanel")).not.toEqual(kept);
    const { code, stderr } = await run(["vault", "restore", snapshot, "--yes", await clusterName()]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).not.toContain("vault unseal");
    await vault.becomeActive();
    expect(await data("staging/openpanel")).toEqual(kept);
  });

  test("is refused by a new Vault, whose unseal keys are others", async () => {
    await vault.remove();
    vault = await open();
    await vault.start();
    rootToken = (await openVault({ vault, strata })).rootToken;
    const { code, stderr } = await run(["vault", "restore", snapshot, "--yes", await clusterName()]);
    expect(code).toBe(1);
    expect(stderr).toContain("the snapshot was made with other unseal keys than it has. If that is right, add --force");
    const refused = await run(["vault", "restore", snapshot, "--force", "--yes", "another"]);
    expect(refused.stderr).toContain("names another Vault cluster");
  });

  test("brings everything back there with --force, once it is opened with the old keys", async () => {
    const { code, stderr } = await run(["vault", "restore", snapshot, "--force", "--yes", await clusterName()]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain("strata vault unseal, on every replica, with the unseal keys of the snapshot");
    expect(await vault.status()).toMatchObject({ initialised: true, unsealed: false });
    const newKeys = await strata(["vault", "unseal"], { env: openEnv(), stdin: readFileSync(vault.keysFile, "utf8") });
    expect(newKeys.code).toBe(1);
    const keys = await strata(["vault", "unseal"], { env: openEnv(), stdin: readFileSync(oldKeys, "utf8") });
    expect(keys.code).toBe(0);
    await vault.becomeActive();
    rootToken = z.object({ root_token: z.string() }).parse(JSON.parse(readFileSync(oldKeys, "utf8"))).root_token;
    expect(await data("staging/openpanel")).toEqual(kept);
    const { stdout } = await secrets(["status", "--json"]);
    expect(statusReport.parse(JSON.parse(stdout)).summary).toEqual(expect.objectContaining({ present: 8, missing: 0 }));
  });
});

describe("the secrets of a destroyed environment", () => {
  test("are deleted with all versions, so that a new one inherits nothing", async () => {
    const old = await data("staging/openpanel");
    const token = await tokenFor("purge", vaultPolicy("secret", ["list", "delete"], "staging/"));
    const { TERRAFORM_BINARY_NAME = "terraform", PATH = "" } = process.env;
    const env = { VAULT_TOKEN: token, TERRAFORM_BINARY_NAME, PATH };
    const { code, stderr } = await secrets(["purge", "staging", "--yes", "staging"], env);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect((await ask({ method: "GET", path: "secret/metadata/staging/openpanel" })).status).toBe(404);
    expect(Object.keys(await data("prod/openpanel"))).toEqual(["postgres_password"]);
    await secrets(["sync", "--supply", "staging/openpanel:smtp_password=env:SMTP"]);
    const fresh = await data("staging/openpanel");
    expect(fresh.encryption_key).not.toBe(old.encryption_key);
    expect(fresh.postgres_password).not.toBe(old.postgres_password);
  });

  test("never show a value on the way", async () => {
    const text = printed.join("\n");
    for (const [key, value] of Object.entries(await data("staging/openpanel"))) {
      if (key !== "postgres_host") expect(text).not.toContain(value);
    }
    for (const value of [SMTP_PASSWORD, rootToken]) expect(text).not.toContain(value);
  });
});

const openEnv = () => ({ VAULT_ADDR: vault.address, VAULT_CACERT: vault.caFile });

async function clusterName(): Promise<string> {
  const { stdout } = await run(["vault", "status", "--json"]);
  return z.object({ clusterName: z.string() }).parse(JSON.parse(stdout)).clusterName;
}
