import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { Authority } from "../../../../sandbox/live/pki";
import { Servers } from "../../../../sandbox/live/servers";
import { SandboxVault } from "../../../../sandbox/live/vault";
import { keptPorts, requirePorts } from "../../../../sandbox/live/vault/ports";
import { removeFolders, temporaryFolder } from "./support";

afterAll(removeFolders);
jest.setTimeout(30_000);

/** Answers as a sealed Vault does, and tells its environment. */
const PROGRAM = `#!${process.execPath}
const { readFileSync } = require("node:fs");
const { listener: { tcp } } = JSON.parse(readFileSync(process.argv[3].replace("-config=", ""), "utf8"));
const tls = { cert: readFileSync(tcp.tls_cert_file), key: readFileSync(tcp.tls_key_file) };
const answer = JSON.stringify({ initialized: true, sealed: true, standby: true, version: "1.21.0" });
require("node:https").createServer(tls, (_, response) => response.end(answer)).listen(tcp.address.split(":")[1], "127.0.0.1");
console.log(JSON.stringify({ args: process.argv.slice(2, 3), env: process.env }));
`;

let servers = new Servers();
afterEach(async () => {
  await servers.stop();
  servers = new Servers();
});

async function open(program = PROGRAM, folder = temporaryFolder()) {
  const file = path.join(folder, "program");
  writeFileSync(file, program, { mode: 0o755 });
  const authority = await Authority.create("test");
  const caFile = path.join(folder, "ca.pem");
  writeFileSync(caFile, authority.certificate);
  const of = { folder: path.join(folder, "vault"), servers, authority, caFile, program: file, logs: folder };
  return { vault: await SandboxVault.open(of), folder, ca: authority.certificate };
}

describe("a Vault of the sandbox", () => {
  test("runs with nothing of the user's, answers through its front, and is the same after a restart", async () => {
    process.env.VAULT_TOKEN = "the user's";
    const { vault, folder } = await open();
    expect(vault.exists()).toBe(false);
    await vault.start();
    const { pid, address } = vault;
    await vault.start();
    expect(vault.pid).toBe(pid);
    expect(await vault.status()).toEqual({ initialised: true, unsealed: false, active: false, version: "1.21.0" });
    const printed = readFileSync(path.join(folder, "vault.log"), "utf8");
    expect(printed).toContain('"args":["server"]');
    expect(printed).toMatch(/"HTTPS_PROXY":"http:\/\/127\.0\.0\.1:\d+"/);
    expect(printed).not.toContain("the user's");
    expect(statSync(path.join(folder, "vault")).mode & 0o077).toBe(0);
    await vault.stop();
    expect(vault.pid).toBeUndefined();
    expect(await vault.status()).toBeUndefined();
    const again = (await open(PROGRAM, folder)).vault;
    expect(again.exists()).toBe(true);
    expect(again.address).toBe(address);
    await again.start();
    await again.remove();
    expect(existsSync(path.join(folder, "vault"))).toBe(false);
    expect(again.exists()).toBe(false);
    await again.start();
    expect(statSync(path.join(folder, "vault")).mode & 0o077).toBe(0);
    await again.stop();
    expect((await open(PROGRAM, folder)).vault.address).toBe(address);
  });

  test("can be started again after a crash, and has the same address all the time", async () => {
    const { vault } = await open();
    await vault.start();
    const { pid, front } = vault;
    await vault.kill();
    expect(await vault.status()).toBeUndefined();
    await vault.start();
    expect(vault.pid).not.toBe(pid);
    expect(vault.front).toBe(front);
    await vault.stop();
  });

  test("leaves nothing running when it does not come up", async () => {
    const { vault } = await open("#!/bin/sh\necho 'error loading configuration'; exit 1\n");
    await expect(vault.start()).rejects.toThrow(
      /^vault ended as soon as it was started.*error loading configuration$/s,
    );
    expect(vault.front).toBeUndefined();
    const ports = JSON.parse(readFileSync(path.join(path.dirname(vault.keysFile), "ports.json"), "utf8"));
    await requirePorts(Object.values(ports), "", 0);
  });

  test("says what to do when it does not serve although it has its keys", async () => {
    const { vault } = await open();
    await vault.start();
    await vault.kill();
    await expect(vault.becomeActive()).rejects.toThrow(/does not serve\. Its log .*vault\.log says why/);
    await vault.stop();
  });

  test("says what to do when one of its ports is taken", async () => {
    const file = path.join(temporaryFolder(), "ports.json");
    const ports = await keptPorts(file);
    expect(await keptPorts(file)).toEqual(ports);
    expect(new Set(Object.values(ports)).size).toBe(3);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(ports.server, "127.0.0.1", resolve));
    const required = requirePorts(Object.values(ports), file, 50);
    await expect(required).rejects.toThrow(
      new RegExp(`127\\.0\\.0\\.1:${ports.server}, where another program listens.*delete ${file}`, "s"),
    );
    server.close();
  });

  test.each(["{", '{"front": 1}'])("picks other ports when its note of them is damaged: %s", async (text) => {
    const file = path.join(temporaryFolder(), "ports.json");
    writeFileSync(file, text);
    const ports = await keptPorts(file);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(ports);
    rmSync(file);
  });
});
