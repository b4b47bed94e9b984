import { writeFileSync } from "node:fs";
import path from "node:path";
import { createAuthority } from "../support/certificate";
import { FakeVault, type FakeVaultOptions, KEYS } from "../support/fake-vault";
import { strata, temporaryFolder } from "../support/session";

let vault: FakeVault | undefined;

async function start(options: FakeVaultOptions = {}): Promise<FakeVault> {
  vault = await FakeVault.start(options);
  return vault;
}

afterEach(async () => {
  await vault?.stop();
  vault = undefined;
});

describe("strata vault status", () => {
  test.each([
    ["an unsealed Vault ends with 0", {}, 0, "unsealed"],
    ["a sealed Vault ends with 2", { sealed: true }, 2, "sealed, 0 of 2 keys given"],
    ["a new Vault ends with 2", { initialised: false }, 2, "not initialised"],
  ])("%s", async (_, options, code, text) => {
    const { env } = await start(options);
    const outcome = await strata(["vault", "status"], { env });
    expect(outcome).toMatchObject({ code, err: "" });
    expect(outcome.out).toContain(text);
  });

  test.each([
    ["leads", {}, "leader"],
    ["stands by", { leader: "https://vault-1.vault-internal:8200" }, "standby"],
    ["waits for the others", { leader: "" }, "no leader: unseal the other replicas"],
    ["is sealed", { sealed: true }, "-"],
  ])("tells the part of a server that %s, and the version", async (_, options, role) => {
    const { env } = await start(options);
    const { out } = await strata(["vault", "status"], { env });
    expect(out).toMatch(/^Version +1\.20\.4$/m);
    expect(out.match(/^Role +(.*)$/m)?.[1]).toBe(role);
    expect(out).toContain(role === "standby" ? "https://vault-1.vault-internal:8200" : "Leader   -");
  });

  it("reaches a port-forward without the proxy of the environment", async () => {
    const { env } = await start();
    process.env.http_proxy = "http://127.0.0.1:1";
    expect(await strata(["vault", "status"], { env })).toMatchObject({ code: 0, err: "" });
    delete process.env.http_proxy;
  });

  it("prints JSON", async () => {
    const { env, address } = await start({ sealed: true });
    const { out, code } = await strata(["vault", "status", "--json"], { env });
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, address, initialised: true, sealed: true, threshold: 2 });
    expect(JSON.parse(out)).toMatchObject({ version: "1.20.4", role: "not serving" });
  });

  test.each([
    ["VAULT_ADDR is missing", {}, "VAULT_ADDR\n    not set"],
    ["VAULT_ADDR is not a URL", { VAULT_ADDR: "vault:8200" }, "not the URL of a server"],
    ["nothing listens", { VAULT_ADDR: "http://127.0.0.1:1" }, "cannot be reached: connection refused"],
    ["the CA file is missing", { VAULT_ADDR: "https://x", VAULT_CACERT: "no-such.pem" }, "cannot be read"],
    ["the CA file is no certificate", { VAULT_ADDR: "https://x", VAULT_CACERT: "package.json" }, "no PEM certificate"],
    ["the timeout is no number", { VAULT_ADDR: "https://x", VAULT_CLIENT_TIMEOUT: "soon" }, "not a number of seconds"],
  ])("says so when %s", async (_, env, text) => {
    const outcome = await strata(["vault", "status"], { env });
    expect(outcome).toMatchObject({ code: 1, out: "" });
    expect(outcome.err).toContain(text);
    expect(outcome.err).not.toMatch(/\n\s+at /);
  });
});

describe("TLS to Vault", () => {
  const authority = createAuthority("Internal CA");
  const folder = temporaryFolder();
  const ca = path.join(folder, "ca.pem");
  writeFileSync(ca, authority.certificate);

  it("trusts the CA of VAULT_CACERT", async () => {
    const { env } = await start({ tls: authority.issue("vault") });
    expect(await strata(["vault", "status"], { env: { ...env, VAULT_CACERT: ca } })).toMatchObject({
      code: 0,
      err: "",
    });
  });

  it("refuses an unknown CA, whatever VAULT_SKIP_VERIFY says", async () => {
    const { env } = await start({ tls: authority.issue("vault") });
    process.env.VAULT_SKIP_VERIFY = "1";
    const { code, err } = await strata(["vault", "status"], { env });
    delete process.env.VAULT_SKIP_VERIFY;
    expect(code).toBe(1);
    expect(err).toContain("Set VAULT_CACERT");
  });

  it("takes VAULT_TLS_SERVER_NAME for a certificate without the address, and says so when it is missing", async () => {
    const { env } = await start({ tls: authority.issue("vault", ["vault.vault.svc"]) });
    const trusting = { ...env, VAULT_CACERT: ca };
    const without = await strata(["vault", "status"], { env: trusting });
    expect(without.err).toContain("Set VAULT_TLS_SERVER_NAME");
    const named = await strata(["vault", "status"], { env: { ...trusting, VAULT_TLS_SERVER_NAME: "vault.vault.svc" } });
    expect(named).toMatchObject({ code: 0, err: "" });
  });

  it("tells https from http", async () => {
    const { address } = await start();
    const { err } = await strata(["vault", "status"], { env: { VAULT_ADDR: address.replace("http:", "https:") } });
    expect(err).toContain("start VAULT_ADDR with http://");
  });
});

describe("strata vault unseal", () => {
  it("asks for keys until Vault opens, and never shows one", async () => {
    const { env } = await start({ sealed: true });
    const outcome = await strata(["vault", "unseal"], { env, answers: ["key-one", "key-one", "key-three"] });
    expect(outcome.code).toBe(0);
    expect(outcome.out).toContain("is unsealed.");
    expect(outcome.err).toContain("1 of 2 keys given: this one was given before.");
    expect(outcome.questions[0]).toBe("Unseal key (1 of 2)");
    for (const key of KEYS) expect(outcome.out + outcome.err).not.toContain(key);
  });

  test.each([
    ["lines", "key-one\n\nkey-two\n"],
    ["the file of vault init", JSON.stringify({ unseal_keys_b64: KEYS, root_token: "x" })],
  ])("reads keys from stdin: %s", async (_, input) => {
    const { env } = await start({ sealed: true });
    expect(await strata(["vault", "unseal"], { env, input })).toMatchObject({ code: 0 });
  });

  it("waits for a replica that joins", async () => {
    const { env } = await start({ sealed: true, joining: 2 });
    expect(await strata(["vault", "unseal"], { env, input: "key-one\nkey-two" })).toMatchObject({ code: 0 });
  });

  it("leaves an open Vault alone", async () => {
    const { env } = await start();
    const outcome = await strata(["vault", "unseal"], { env, answers: [] });
    expect(outcome).toMatchObject({ code: 0, err: "", questions: [] });
    expect(outcome.out).toContain("unsealed already");
  });

  test.each([
    ["a wrong key", { sealed: true }, "nonsense", "did not open with these keys"],
    ["too few keys", { sealed: true }, "key-two", "1 of 2 keys given"],
    ["no keys", { sealed: true }, "{}", "0 of 2 keys given"],
    ["keys that are encrypted", { sealed: true }, "-----BEGIN AGE ENCRYPTED FILE-----", "Each keeper opens his own"],
    ["a new Vault", { initialised: false }, "key-one", "Run `strata vault init`"],
  ])("refuses %s", async (_, options, input, text) => {
    const { env } = await start(options);
    const outcome = await strata(["vault", "unseal"], { env, input });
    expect(outcome.code).toBe(1);
    expect(outcome.err).toContain(text);
  });
});
