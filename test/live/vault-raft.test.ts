import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { armor, Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { z } from "zod";
import { careScript } from "../../constructs/components/vault/sidecar";
import { sandboxAuthority } from "../../sandbox/live/engine/authority";
import { Servers } from "../../sandbox/live/servers";
import { strataProgram } from "../../sandbox/live/vault";
import { requireTools } from "../../sandbox/tools/find";
import { filesWith } from "./support/files-with";
import { until } from "./support/until";
import { askVault, type VaultRequest } from "./support/vault-requests";
import { type VaultServer, VaultServers } from "./support/vault-servers";

jest.setTimeout(90_000);

const VALUE = "value-that-outlives-its-leader";
const folder = mkdtempSync(path.join(tmpdir(), "strata-live-raft-"));
const servers = new Servers();
const strata = strataProgram({ root: path.resolve(__dirname, "../.."), home: path.join(folder, "home") });
const keysFile = path.join(folder, "keys.json");
const identities: string[] = [];
let unsealKeys: readonly string[] = [];
let rootToken = "";
let vault: VaultServers;
let pki: Awaited<ReturnType<typeof sandboxAuthority>>;

beforeAll(async () => {
  pki = await sandboxAuthority(path.join(folder, "pki"));
  const program = requireTools(["vault"]).get("vault") ?? "";
  vault = new VaultServers({ folder, count: 3, servers, authority: pki.authority, program });
  await vault.start();
});

afterAll(async () => {
  await vault?.stop();
  await servers.stop();
  rmSync(folder, { recursive: true, force: true });
});

function server(index: number): VaultServer {
  const found = vault.all[index];
  if (found === undefined) throw new Error(`There is no server ${index}.`);
  return found;
}

async function leader(): Promise<VaultServer> {
  let found: VaultServer | undefined;
  await until(async () => {
    found = await vault.leader();
    return found !== undefined;
  }, 40_000);
  if (found === undefined) throw new Error("Nobody leads.");
  return found;
}

const run = (at: VaultServer, args: readonly string[], stdin = "", token = "") =>
  strata(["vault", ...args], {
    env: { VAULT_ADDR: at.address, VAULT_CACERT: pki.caFile, ...(token === "" ? {} : { VAULT_TOKEN: token }) },
    stdin,
  });

const ask = (at: VaultServer, request: VaultRequest) =>
  askVault({ address: at.address, ca: pki.authority.certificate }, { token: rootToken, ...request });

const status = z.object({ role: z.string(), leader: z.string().optional(), sealed: z.boolean(), version: z.string() });

async function statusOf(at: VaultServer) {
  return status.parse(JSON.parse((await run(at, ["status", "--json"])).stdout));
}

async function read(at: VaultServer): Promise<string> {
  const { body } = await ask(at, { method: "GET", path: "secret/data/staging/app" });
  return z.object({ data: z.object({ data: z.object({ value: z.string() }) }) }).parse(body).data.data.value;
}

const peers = z.object({
  data: z.object({ config: z.object({ servers: z.array(z.object({ node_id: z.string(), voter: z.boolean() })) }) }),
});

/** Names of the servers whose votes count: one that has joined is watched for ten seconds before it gets one. */
async function votersOf(at: VaultServer): Promise<readonly string[]> {
  const { body } = await ask(at, { method: "GET", path: "sys/storage/raft/configuration" });
  return peers
    .parse(body)
    .data.config.servers.filter(({ voter }) => voter)
    .map(({ node_id }) => node_id);
}

/** What a keeper does: opens what is his with his own key. */
async function open(identity: string, armored: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(armor.decode(armored), "text");
}

describe("three real servers, with the configuration that the component renders", () => {
  test("take it, and one of them is initialised for three keepers with keys of age", async () => {
    const recipients: string[] = [];
    for (let index = 0; index < 3; index++) {
      const identity = await generateX25519Identity();
      identities.push(identity);
      recipients.push(await identityToRecipient(identity));
    }
    const args = ["init", "--age-recipients", recipients.join(","), "--threshold", "2", "--out", keysFile];
    const { code, stderr } = await run(server(0), args);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const sealed = z.object({ recipient: z.string(), armored: z.string() });
    const file = z
      .object({ unseal_keys_age: z.array(sealed), root_token_age: sealed })
      .parse(JSON.parse(readFileSync(keysFile, "utf8")));
    unsealKeys = await Promise.all(
      file.unseal_keys_age.map(({ armored }, index) => open(identities[index] ?? "", armored)),
    );
    rootToken = await open(identities[0] ?? "", file.root_token_age.armored);
    expect(new Set(unsealKeys).size).toBe(3);
  });

  test("are opened by two keepers each, join over TLS, and choose a leader", async () => {
    for (const [index, each] of vault.all.entries()) {
      // A server that joins knows of the keys once it has reached the leader.
      await until(async () => (await vault.health(each))?.initialised === true, 30_000);
      expect((await run(each, ["status"])).code).toBe(2);
      const [first = "", second = ""] = index === 1 ? unsealKeys.slice(1) : unsealKeys;
      const one = await run(each, ["unseal"], first);
      expect(one).toMatchObject({ code: 1, stderr: expect.stringContaining("1 of 2 keys given") });
      expect(await run(each, ["unseal"], second)).toMatchObject({ code: 0 });
      if (index === 0) await leader();
    }
    const leading = await leader();
    for (const each of vault.all) {
      await until(async () => (await statusOf(each)).role === (each === leading ? "leader" : "standby"), 20_000);
      expect((await run(each, ["status"])).code).toBe(0);
    }
    const others = vault.all.filter((each) => each !== leading);
    expect(await statusOf(others[0] ?? leading)).toMatchObject({ leader: leading.address, sealed: false });
  });

  test("store the same: what the leader was given is read from every one", async () => {
    const mount = { type: "kv", options: { version: "2" } };
    expect((await ask(await leader(), { method: "POST", path: "sys/mounts/secret", body: mount })).status).toBe(204);
    const body = { data: { value: VALUE } };
    await until(async () => {
      const { status } = await ask(server(0), { method: "POST", path: "secret/data/staging/app", body });
      return status === 200;
    }, 20_000);
    for (const each of vault.all) expect(await read(each)).toBe(VALUE);
  });

  test("write on when the container beside them puts an audit log aside, and nothing is lost of it", async () => {
    const leading = await leader();
    // Every server writes to the same path in its own volume; here they share a disk.
    const body = { type: "file", options: { file_path: leading.auditLog } };
    expect((await ask(leading, { method: "PUT", path: "sys/audit/file", body })).status).toBe(204);
    const entries = (file: string) => readFileSync(file, "utf8").split("\n").filter(Boolean).length;
    await read(leading);
    const before = entries(leading.auditLog);
    const options = {
      certificate: leading.certificate,
      auditLog: leading.auditLog,
      logBytes: 1,
      server: `echo ${leading.running?.pid}`,
      pause: 0.5,
    };
    const sidecar = spawn("/bin/sh", ["-ec", careScript(options)], { stdio: "ignore" });
    try {
      await until(() => existsSync(`${leading.auditLog}.1`) && existsSync(leading.auditLog), 15_000);
    } finally {
      sidecar.kill("SIGKILL");
    }
    await read(leading);
    expect(entries(leading.auditLog)).toBeGreaterThan(0);
    expect(entries(`${leading.auditLog}.1`)).toBeGreaterThanOrEqual(before);
    expect((await ask(leading, { method: "DELETE", path: "sys/audit/file" })).status).toBe(204);
  });

  test("give a snapshot, whichever of them is asked", async () => {
    const leading = await leader();
    const standby = vault.all.find((each) => each !== leading) ?? leading;
    const file = path.join(folder, "whole.snap");
    const { code, stderr } = await run(standby, ["snapshot", "--out", file], "", rootToken);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(existsSync(file)).toBe(true);
  });

  test("all have a vote once they have been there for a moment", async () => {
    await until(async () => (await votersOf(await leader())).length === 3, 30_000);
    expect(new Set(await votersOf(await leader()))).toEqual(new Set(vault.all.map(({ name }) => name)));
  });

  test("go on without the one that led: another leads, and everything is there", async () => {
    const lost = await leader();
    await lost.running?.kill();
    lost.running = undefined;
    const next = await leader();
    expect(next).not.toBe(lost);
    expect(await read(next)).toBe(VALUE);
    const { code, stderr } = await run(lost, ["status"]);
    expect(code).toBe(1);
    expect(stderr).toContain("cannot be reached: connection refused");
  });

  test("leave no key and no token in clear in any file", () => {
    const found = filesWith(folder, [...unsealKeys, rootToken, ...identities, VALUE]);
    for (const files of found.values()) expect(files).toEqual([]);
  });
});
