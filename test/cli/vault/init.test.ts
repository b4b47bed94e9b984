import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { FakeVault, type FakeVaultOptions, KEYS, TOKEN } from "../support/fake-vault";
import { type Person, strata, temporaryFolder } from "../support/session";

const cwd = temporaryFolder();
let vault: FakeVault | undefined;

async function init(args: readonly string[], person: Person = {}, options: FakeVaultOptions = {}) {
  vault = await FakeVault.start({ initialised: false, ...options });
  const env = { VAULT_ADDR: vault.address, ...person.env };
  return strata(["vault", "init", "--shares", "3", "--threshold", "2", ...args], { cwd, ...person, env });
}

/** Whether the request that makes the keys was sent. */
function wasInitialised(): boolean {
  return vault?.requests.includes("POST sys/init") ?? false;
}

afterEach(async () => {
  await vault?.stop();
  vault = undefined;
});

describe("strata vault init", () => {
  it("prints the keys once on a terminal", async () => {
    const outcome = await init([], { outputIsTerminal: true });
    expect(outcome.code).toBe(0);
    for (const secret of [...KEYS, TOKEN]) {
      expect(outcome.out.split(secret)).toHaveLength(2);
      expect(outcome.err).not.toContain(secret);
    }
  });

  it("writes them to a file that only its owner can read, and nowhere else", async () => {
    const outcome = await init(["--out", "keys.json"]);
    expect(outcome).toMatchObject({ code: 0, out: "" });
    const file = path.join(cwd, "keys.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ unseal_keys_b64: KEYS, root_token: TOKEN });
  });

  it("prints JSON into a pipe when asked to", async () => {
    const { out } = await init(["--json"]);
    expect(JSON.parse(out)).toEqual({ unseal_keys_b64: KEYS, root_token: TOKEN });
  });

  test.each([
    ["a pipe", [], {}],
    ["the log of a CI job", ["--json"], { env: { CI: "true" } }],
  ])("refuses to print them into %s", async (_, args, person) => {
    const outcome = await init(args, person);
    expect(outcome.code).toBe(1);
    expect(outcome.err).toContain("printed where others can read them");
    expect(wasInitialised()).toBe(false);
  });

  it("refuses a file that exists before any key is made, and leaves it alone", async () => {
    writeFileSync(path.join(cwd, "there.json"), "mine");
    const outcome = await init(["--out", "there.json"]);
    expect(outcome.err).toContain("exists already");
    expect(wasInitialised()).toBe(false);
    expect(readFileSync(path.join(cwd, "there.json"), "utf8")).toBe("mine");
  });

  it("refuses a Vault that is initialised", async () => {
    const outcome = await init([], { outputIsTerminal: true }, { initialised: true });
    expect(outcome.code).toBe(1);
    expect(outcome.err).toContain("it is already initialised");
  });

  it("says that the keys are lost when the answer was, and leaves no empty file", async () => {
    const outcome = await init(
      ["--out", "lost.json"],
      {},
      { fault: ({ path: p }) => (p === "sys/init" ? "drop" : undefined) },
    );
    expect(outcome.code).toBe(1);
    expect(outcome.err).toContain("its answer with the keys was lost");
    expect(() => statSync(path.join(cwd, "lost.json"))).toThrow();
    expect(vault?.requests.filter((request) => request.includes("sys/init"))).toHaveLength(1);
  });

  test.each([
    ["a threshold above the shares", ["--threshold", "4"], "can never be given"],
    ["one key for three people", ["--threshold", "1"], "one key would open"],
    ["no number", ["--shares", "many"], "whole number"],
    ["a PGP key too few", ["--pgp-keys", "a.asc"], "cannot be read"],
  ])("refuses %s", async (_, args, text) => {
    const outcome = await init(args, { outputIsTerminal: true });
    expect(outcome.code).toBe(1);
    expect(outcome.err).toContain(text);
    expect(wasInitialised()).toBe(false);
  });
});

describe("PGP keys", () => {
  const folder = path.join(cwd, "pgp");
  const body = Buffer.from([0x99, 1, 2, 3, 4, 5, 6, 7, 8]);
  mkdirSync(folder);
  const armour = ["-----BEGIN PGP PUBLIC KEY BLOCK-----", "Comment: x", "", body.toString("base64"), "=abcd"];
  writeFileSync(path.join(folder, "armoured.asc"), [...armour, "-----END PGP PUBLIC KEY BLOCK-----", ""].join("\n"));
  writeFileSync(path.join(folder, "binary.gpg"), body);
  writeFileSync(path.join(folder, "base64.txt"), `${body.toString("base64")}\n`);
  writeFileSync(path.join(folder, "private.asc"), "-----BEGIN PGP PRIVATE KEY BLOCK-----\n");

  it("come to Vault as base64, from each form of file", async () => {
    const { pgpKeys } = await import("../../../cli/vault/pgp");
    const keys = pgpKeys("armoured.asc, binary.gpg,base64.txt", folder);
    expect(keys).toEqual(Array(3).fill(body.toString("base64")));
  });

  it("must be public, and one for each share", async () => {
    const secret = await init(["--pgp-keys", "pgp/private.asc"], { outputIsTerminal: true });
    expect(secret.err).toContain("is a private key");
    await vault?.stop();
    const few = await init(["--pgp-keys", "pgp/binary.gpg,pgp/base64.txt"], { outputIsTerminal: true });
    expect(few.err).toContain("2 keys for 3 shares");
  });

  it("allow a log only when the root token is encrypted too", async () => {
    const files = ["--pgp-keys", "pgp/armoured.asc,pgp/binary.gpg,pgp/base64.txt"];
    expect(await init(files)).toMatchObject({ code: 1 });
    await vault?.stop();
    expect(await init([...files, "--root-token-pgp-key", "pgp/binary.gpg"])).toMatchObject({ code: 0 });
  });
});
