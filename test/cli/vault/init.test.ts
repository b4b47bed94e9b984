import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { armor, Decrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption";
import { z } from "zod";
import { FakeVault, type FakeVaultOptions, KEYS, TOKEN } from "../support/fake-vault";
import { type Person, strata, temporaryFolder } from "../support/session";

const cwd = temporaryFolder();
let vault: FakeVault | undefined;

async function init(args: readonly string[], person: Person = {}, options: FakeVaultOptions = {}) {
  return bareInit(["--shares", "3", "--threshold", "2", ...args], person, options);
}

async function bareInit(args: readonly string[], person: Person = {}, options: FakeVaultOptions = {}) {
  vault = await FakeVault.start({ initialised: false, ...options });
  const env = { VAULT_ADDR: vault.address, ...person.env };
  return strata(["vault", "init", ...args], { cwd, ...person, env });
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
    const { pgpKeys } = await import("../../../cli/vault/init/pgp");
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

  it("encrypt all that Vault gives, the root token for the first of them or for the one that is named", async () => {
    const files = ["--pgp-keys", "pgp/armoured.asc,pgp/binary.gpg,pgp/base64.txt"];
    expect(await bareInit(files)).toMatchObject({ code: 0 });
    const key = body.toString("base64");
    const request = { secret_shares: 3, secret_threshold: 3, pgp_keys: [key, key, key], root_token_pgp_key: key };
    expect(vault?.initialisedWith).toEqual(request);
    await vault?.stop();
    const other = Buffer.from([0x99, 9, 9]);
    writeFileSync(path.join(folder, "other.gpg"), other);
    expect((await bareInit([...files, "--root-token-pgp-key", "pgp/other.gpg"])).code).toBe(0);
    expect(vault?.initialisedWith).toMatchObject({ root_token_pgp_key: other.toString("base64") });
  });
});

describe("age recipients", () => {
  interface Person {
    readonly identity: string;
    readonly recipient: string;
  }
  const people: Person[] = [];
  const output = z.object({
    unseal_keys_age: z.array(z.object({ recipient: z.string(), armored: z.string() })),
    root_token_age: z.object({ recipient: z.string(), armored: z.string() }),
  });

  beforeAll(async () => {
    for (const make of [generateX25519Identity, generateX25519Identity, generateHybridIdentity]) {
      const identity = await make();
      people.push({ identity, recipient: await identityToRecipient(identity) });
    }
  });

  const recipients = () => people.map(({ recipient }) => recipient).join(",");
  const all = () => ["--age-recipients", recipients()];

  function open({ identity }: Person, armored: string): Promise<string> {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return decrypter.decrypt(armor.decode(armored), "text");
  }

  it("get one key each, in order, and the first gets the root token", async () => {
    const outcome = await bareInit([...all(), "--out", "age.json"]);
    expect(outcome).toMatchObject({ code: 0, out: "" });
    expect(vault?.initialisedWith).toEqual({ secret_shares: 3, secret_threshold: 3 });
    const text = readFileSync(path.join(cwd, "age.json"), "utf8");
    for (const secret of [...KEYS, TOKEN]) expect(text + outcome.err).not.toContain(secret);
    const { unseal_keys_age: keys, root_token_age: root } = output.parse(JSON.parse(text));
    expect(keys.map(({ recipient }) => recipient)).toEqual(people.map(({ recipient }) => recipient));
    const opened = await Promise.all(keys.map(({ armored }, index) => open(person(index), armored)));
    expect(opened).toEqual(KEYS);
    expect(await open(person(0), root.armored)).toBe(TOKEN);
    await expect(open(person(1), keys[0]?.armored ?? "")).rejects.toThrow("no identity matched");
  });

  it("may name who gets the root token, and how many keys open Vault", async () => {
    const root = ["--root-token-age-recipient", person(2).recipient];
    const { code, out } = await bareInit([...all(), ...root, "--threshold", "2", "--json"]);
    expect(code).toBe(0);
    expect(vault?.initialisedWith).toMatchObject({ secret_threshold: 2 });
    expect(await open(person(2), output.parse(JSON.parse(out)).root_token_age.armored)).toBe(TOKEN);
  });

  it("allow a log, because nothing in it is in clear", async () => {
    const { code, out } = await bareInit(all(), { env: { CI: "true" } });
    expect(code).toBe(0);
    expect(out.match(/-----BEGIN AGE ENCRYPTED FILE-----/g)).toHaveLength(4);
    expect(out).toContain(`Unseal key 2, for ${person(1).recipient}:`);
    for (const secret of [...KEYS, TOKEN]) expect(out).not.toContain(secret);
  });

  it("are read from files too, with their comments", async () => {
    writeFileSync(path.join(cwd, "one.txt"), `# public key of the first\n${person(0).recipient}\n`);
    const { code } = await bareInit(["--age-recipients", `one.txt,${person(1).recipient}`]);
    expect(code).toBe(0);
    expect(vault?.initialisedWith).toEqual({ secret_shares: 2, secret_threshold: 2 });
  });

  test.each([
    ["another number of them than shares", () => [...all(), "--shares", "5"], "3 keys for 5 shares"],
    ["one of them twice", () => ["--age-recipients", `${person(0).recipient},${person(0).recipient}`], "there twice"],
    ["a typing error", () => ["--age-recipients", `${person(0).recipient}x`], "is no public key of age"],
    ["a file that is not there", () => ["--age-recipients", "none.txt"], "cannot be read"],
    ["a private key", () => ["--age-recipients", person(0).identity], "is a private key"],
    ["PGP keys beside them", () => [...all(), "--pgp-keys", "pgp/binary.gpg"], "does not go with --pgp-keys"],
    ["two for the root token", () => [...all(), "--root-token-age-recipient", recipients()], "names 3 recipients"],
    ["one for the root token only", () => ["--root-token-age-recipient", person(0).recipient], "does not go without"],
  ])("are refused before any key is made: %s", async (_, args, text) => {
    const { code, err } = await bareInit(args(), { outputIsTerminal: true });
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(err).not.toContain("AGE-SECRET-KEY");
    expect(wasInitialised()).toBe(false);
  });

  it("are refused in a file with anything else in it, which is not repeated", async () => {
    for (const [name, text] of [
      ["identity.txt", `# public key: ${person(0).recipient}\n${person(0).identity}\n`],
      ["ssh.pub", "ssh-ed25519 AAAA somebody"],
      ["two.txt", people.map(({ recipient }) => recipient).join("\n")],
    ] as const) {
      writeFileSync(path.join(cwd, name), text);
      const { code, err } = await bareInit(["--age-recipients", name], { outputIsTerminal: true });
      expect(code).toBe(1);
      expect(err).toMatch(/is a private key|is a key of SSH|does not hold one public key of age/);
      expect(err).not.toContain(person(0).identity);
      await vault?.stop();
    }
  });

  function person(index: number): Person {
    const found = people[index];
    if (found === undefined) throw new Error(`there is no person ${index}`);
    return found;
  }
});
