import { createHash, createPublicKey } from "node:crypto";
import { FakeVault, type FakeVaultOptions } from "../support/fake-vault";
import { generated, hex, supplied, type TestSecret, writeProgram } from "../support/program";
import { type Person, strata } from "../support/session";

const PERMANENT = "what is encrypted with it could not be read any more";
const openpanel: TestSecret = {
  path: "staging/openpanel",
  owner: "l3-data-staging",
  readers: [{ cluster: "platform", namespace: "data-staging", serviceAccount: "secret-reader" }],
  keys: {
    postgres_host: { kind: "fixed", value: "postgresql.data-staging" },
    postgres_password: generated,
    cookie_secret: hex,
    encryption_key: { ...hex, permanent: PERMANENT },
    smtp_password: { ...supplied, description: "Password of the mail server" },
    postgres_hash: { kind: "derived", template: "{{ .postgres_password | sha256sum }}" },
    postgres_url: {
      kind: "derived",
      template: "postgresql://app:{{ .postgres_password | urlquery }}@{{ .postgres_host }}",
    },
  },
};
const fixedOnly: TestSecret = { path: "staging/fixed", keys: { host: { kind: "fixed", value: "x" } } };

const before = {
  postgres_host: "postgresql.data-staging",
  postgres_password: "old-password-of-postgres",
  cookie_secret: "old-cookie-secret",
  encryption_key: "old-encryption-key",
  smtp_password: "old-password-of-smtp",
  postgres_hash: sha256("old-password-of-postgres"),
  postgres_url: "postgresql://app:old-password-of-postgres@postgresql.data-staging",
  note_of_hand: { by: "hand" },
};

let vault: FakeVault;

async function start(options: FakeVaultOptions = {}): Promise<void> {
  vault = await FakeVault.start(options);
  vault.put("staging/openpanel", before);
  vault.put("prod/openpanel", { postgres_password: "password-of-prod" });
}

beforeEach(() => start());
afterEach(() => vault.stop());

async function restart(options: FakeVaultOptions): Promise<void> {
  await vault.stop();
  await start(options);
}

async function rotate(words: readonly string[], person: Person = {}, secrets = [openpanel, fixedOnly]) {
  const env = { ...vault.env, ...person.env };
  // What follows the write has tests of its own: rollout.test.ts.
  const args = ["secrets", "rotate", ...words, "--no-rollout", "--dir", writeProgram({ secrets })];
  const outcome = await strata(args, { ...person, env });
  const known = ["postgresql.data-staging", String(before.note_of_hand), "x", "y"];
  for (const value of [...vault.values(), ...Object.values(before).map(String)].filter(
    (text) => !known.includes(text),
  )) {
    expect(outcome.out + outcome.err).not.toContain(value);
  }
  return outcome;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function stored(path = "staging/openpanel"): Readonly<Record<string, unknown>> {
  return vault.secrets.get(path)?.data ?? {};
}

/** Keys that hold another value than before. */
function changed(): readonly string[] {
  return Object.entries(before).flatMap(([key, value]) => (stored()[key] === value ? [] : [key]));
}

describe("strata secrets rotate", () => {
  it("gives one key another value in one write, with what is derived from it, and leaves the others alone", async () => {
    const { code, out } = await rotate(["staging/openpanel", "postgres_password"]);
    expect(code).toBe(0);
    expect(changed()).toEqual(["postgres_password", "postgres_hash", "postgres_url"]);
    const password = String(stored().postgres_password);
    expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(stored().postgres_hash).toBe(sha256(password));
    expect(stored().postgres_url).toBe(`postgresql://app:${password}@postgresql.data-staging`);
    expect(vault.secrets.get("staging/openpanel")?.version).toBe(2);
    expect(out).toBe(
      "staging/openpanel: rotated postgres_password, postgres_hash (derived), postgres_url (derived); version 2.",
    );
    // A patch: what JavaScript would round is never sent back.
    expect(vault.requests.filter((request) => request.startsWith("P"))).toEqual([
      "PATCH secret/data/staging/openpanel",
    ]);
  });

  it("says who reads it and what has to be restarted", async () => {
    const { err } = await rotate(["staging/openpanel", "cookie_secret"]);
    expect(err).toContain("platform: data-staging/secret-reader");
    expect(err).toContain("within 5 minutes");
    expect(err).toContain("strata secrets rollout <path>");
    expect(err).toContain("version 1");
  });

  it("rotates every generated key of a path, and says why the others stay", async () => {
    const { code, err } = await rotate(["staging/openpanel"]);
    expect(code).toBe(0);
    expect(changed()).toEqual(["postgres_password", "cookie_secret", "postgres_hash", "postgres_url"]);
    expect(err).toContain(`encryption_key is kept: it must never change: ${PERMANENT}.`);
    expect(err).toContain("smtp_password is kept: its value comes from a person, and none was given.");
  });

  it("takes the new value of a person, alone or with the others", async () => {
    const person = { env: { SMTP: "new-password-of-smtp" } };
    const supply = ["--supply", "staging/openpanel:smtp_password=env:SMTP"];
    expect((await rotate(["staging/openpanel", "smtp_password", ...supply], person)).code).toBe(0);
    expect(changed()).toEqual(["smtp_password"]);
    expect(stored().smtp_password).toBe("new-password-of-smtp");
    expect((await rotate(["staging/openpanel", ...supply], person)).code).toBe(0);
    expect(changed()).toContain("cookie_secret");
  });

  it("writes nothing when the value of a person is the one that is there", async () => {
    const supply = ["--supply", "staging/openpanel:smtp_password=env:SMTP"];
    const words = ["staging/openpanel", "smtp_password", ...supply];
    const { code, out } = await rotate(words, { env: { SMTP: before.smtp_password } });
    expect({ code, out }).toEqual({ code: 0, out: "staging/openpanel: nothing to change." });
    expect(vault.secrets.get("staging/openpanel")?.version).toBe(1);
  });

  it("derives a key anew when somebody changed what it is made of", async () => {
    vault.put("staging/openpanel", { ...before, postgres_password: "by hand" });
    expect((await rotate(["staging/openpanel", "postgres_hash"])).code).toBe(0);
    expect(stored()).toMatchObject({ postgres_password: "by hand", postgres_hash: sha256("by hand") });
    expect(stored().postgres_url).toBe(before.postgres_url);
    expect((await rotate(["staging/openpanel", "postgres_hash"])).out).toContain("nothing to change");
  });

  it("makes another key pair, with its public half", async () => {
    const pair: TestSecret = {
      path: "staging/saml",
      keys: {
        signing_key: { kind: "generated", rule: { keyPair: "ed25519" } },
        certificate: { kind: "derived", template: "{{ .signing_key | publicKey }}" },
      },
    };
    const dir = writeProgram({ secrets: [pair] });
    expect((await strata(["secrets", "sync", "--dir", dir], { env: vault.env })).code).toBe(0);
    const first = stored("staging/saml");
    expect((await rotate(["staging/saml", "signing_key"], {}, [pair])).code).toBe(0);
    const second = stored("staging/saml");
    expect(second.signing_key).not.toBe(first.signing_key);
    const half = createPublicKey(String(second.signing_key)).export({ type: "spki", format: "pem" });
    expect(second.certificate).toBe(half);
  });

  it("shows with --dry-run what it would do, writes nothing and ends with 2", async () => {
    const { code, out } = await rotate(["staging/openpanel", "postgres_password", "--dry-run"]);
    expect(code).toBe(2);
    expect(out).toContain("would rotate postgres_password, postgres_hash (derived)");
    expect(changed()).toEqual([]);
  });

  it("prints JSON without values", async () => {
    const { out } = await rotate(["staging/openpanel", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      dryRun: false,
      path: "staging/openpanel",
      rotated: ["postgres_password", "cookie_secret"],
      derived: ["postgres_hash", "postgres_url"],
      kept: [
        { key: "postgres_host" },
        { key: "encryption_key", reason: `it must never change: ${PERMANENT}` },
        { key: "smtp_password" },
      ],
      version: 2,
      previous: 1,
      readers: openpanel.readers,
      problems: [],
    });
  });

  it("leaves prod untouched when staging is rotated", async () => {
    const prod = structuredClone(vault.secrets.get("prod/openpanel"));
    await rotate(["staging/openpanel"]);
    expect(vault.secrets.get("prod/openpanel")).toEqual(prod);
    expect(vault.requests.filter((request) => request.includes("prod/"))).toEqual([]);
  });
});

describe("what cannot be rotated", () => {
  test.each([
    ["an undeclared path", ["staging/other"], 'no such path is declared (found "staging/other")'],
    ["an undeclared key", ["staging/openpanel", "postgres_pasword"], "Declared are: postgres_password"],
    ["a fixed key", ["staging/openpanel", "postgres_host"], "its value stands in the configuration. Change it there"],
    ["a key that must never change", ["staging/openpanel", "encryption_key"], PERMANENT],
    [
      "a key of a person without a value",
      ["staging/openpanel", "smtp_password"],
      "Add --supply staging/openpanel:smtp",
    ],
    ["a path without any key for it", ["staging/fixed"], "staging/fixed host\n    cannot be rotated"],
    [
      "a value for another key",
      ["staging/openpanel", "cookie_secret", "--supply", "staging/openpanel:smtp_password=env:SMTP"],
      "is for a key that is not rotated",
    ],
  ])("is refused before anything is asked of Vault: %s", async (_, words, text) => {
    const { code, err } = await rotate(words, { env: { SMTP: "x" } });
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(vault.requests).toEqual([]);
  });

  test.each([
    ["a path that was never written", undefined, "is not there yet, so there is nothing to rotate"],
    ["a path that was deleted", null, "was deleted (version 2)"],
    [
      "a key that was never written",
      { cookie_secret: "x" },
      "staging/openpanel postgres_password\n    is not there yet",
    ],
    [
      "a key from which something is derived that could not follow",
      { postgres_password: "x", postgres_url: "y" },
      "staging/openpanel postgres_url\n    is derived from postgres_host, which is missing",
    ],
  ])("is refused: %s", async (_, data, text) => {
    if (data === undefined) vault.secrets.delete("staging/openpanel");
    else vault.put("staging/openpanel", data);
    const version = vault.secrets.get("staging/openpanel")?.version;
    const { code, err } = await rotate(["staging/openpanel", "postgres_password"]);
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(vault.secrets.get("staging/openpanel")?.version).toBe(version);
  });
});

describe("a rotation that does not go straight", () => {
  /** Writes as another client does, just before the first write of the rotation. */
  async function racing(write: () => void): Promise<void> {
    let once = true;
    await restart({
      fault: ({ method }) => {
        if (method === "PATCH" && once) {
          once = false;
          write();
        }
        return undefined;
      },
    });
  }

  it("keeps what somebody else wrote to another key at the same time", async () => {
    await racing(() => vault.put("staging/openpanel", { ...before, cookie_secret: "of the other writer" }));
    expect((await rotate(["staging/openpanel", "postgres_password"])).code).toBe(0);
    expect(stored()).toMatchObject({ cookie_secret: "of the other writer" });
    expect(changed()).toContain("postgres_password");
  });

  it("does not replace what somebody else rotated at the same time", async () => {
    await racing(() => vault.put("staging/openpanel", { ...before, postgres_password: "of the other writer" }));
    const { code, err } = await rotate(["staging/openpanel", "postgres_password"]);
    expect(code).toBe(1);
    expect(err).toContain("postgres_password got another value from somebody else at the same time");
    expect(stored().postgres_password).toBe("of the other writer");
  });

  it("counts a write whose answer was lost, and does not rotate twice", async () => {
    let drops = 1;
    await restart({ fault: ({ method }) => (method === "PATCH" && drops-- > 0 ? "drop" : undefined) });
    const { code, out } = await rotate(["staging/openpanel", "postgres_password"]);
    expect(code).toBe(0);
    expect(out).toContain("version 2");
    expect(vault.secrets.get("staging/openpanel")?.version).toBe(2);
  });

  it("says that it is not known when Vault goes away in the middle", async () => {
    let gone = false;
    await restart({
      fault: ({ method }) => {
        gone ||= method === "PATCH";
        return gone ? "refuse" : undefined;
      },
    });
    const { code, err } = await rotate(["staging/openpanel", "postgres_password"]);
    expect(code).toBe(1);
    expect(err).toContain("whether staging/openpanel was rotated is not known");
    expect(err).toContain("with 1 nothing was rotated");
  });

  it("names the path that the token may not write", async () => {
    await restart({ denied: ["staging/openpanel"] });
    const { code, err } = await rotate(["staging/openpanel", "postgres_password"]);
    expect(code).toBe(1);
    expect(err).toContain("the token may not read secret/data/staging/openpanel");
  });
});
