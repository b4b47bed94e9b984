import { writeFileSync } from "node:fs";
import path from "node:path";
import type { SecretKey } from "../../../constructs/core/secrets";
import { FakeVault, type FakeVaultOptions, TOKEN } from "../support/fake-vault";
import { generated, hex, supplied, type TestSecret, writeProgram } from "../support/program";
import { type Outcome, type Person, strata } from "../support/session";

const openpanel: TestSecret = {
  path: "staging/openpanel",
  owner: "l3-data-staging",
  keys: {
    postgres_host: { kind: "fixed", value: "postgresql.data-staging.svc.cluster.local" },
    postgres_password: generated,
    cookie_secret: hex,
    saml_idp_metadata: { ...supplied, optional: true },
  },
};
const casdoor: TestSecret = { path: "clusters/platform/casdoor", keys: { admin_password: generated } };
const smtp: TestSecret = { path: "staging/smtp", keys: { password: { ...supplied, description: "SMTP password" } } };

let vault: FakeVault;

beforeEach(async () => {
  vault = await FakeVault.start();
});

afterEach(() => vault.stop());

async function restart(options: FakeVaultOptions): Promise<void> {
  await vault.stop();
  vault = await FakeVault.start(options);
}

async function sync(
  secrets: readonly TestSecret[],
  args: readonly string[] = [],
  person: Person = {},
): Promise<Outcome> {
  const env = { ...vault.env, ...person.env };
  const outcome = await strata(["secrets", "sync", "--dir", writeProgram({ secrets }), ...args], { ...person, env });
  const fixed = new Set(secrets.flatMap(({ keys }) => Object.values(keys)).flatMap(publicValue));
  for (const value of [...vault.values(), TOKEN].filter((candidate) => !fixed.has(candidate))) {
    expect(outcome.out + outcome.err).not.toContain(value);
  }
  return outcome;
}

function publicValue(key: SecretKey): readonly string[] {
  return key.kind === "fixed" ? [key.value] : [];
}

function stored(secret: string): Readonly<Record<string, unknown>> {
  return vault.secrets.get(secret)?.data ?? {};
}

describe("strata secrets sync", () => {
  it("creates every key by its kind", async () => {
    const { code, out } = await sync([casdoor, openpanel]);
    expect(code).toBe(0);
    expect(stored("staging/openpanel")).toEqual({
      postgres_host: "postgresql.data-staging.svc.cluster.local",
      postgres_password: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
      cookie_secret: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(stored("clusters/platform/casdoor")).toEqual({ admin_password: expect.any(String) });
    expect(out).toContain("saml_idp_metadata (optional)");
  });

  it("writes nothing the second time", async () => {
    await sync([casdoor, openpanel]);
    const before = structuredClone([...vault.secrets]);
    const { code, err } = await sync([casdoor, openpanel]);
    expect(code).toBe(0);
    expect(err).toContain("0 keys created, 4 kept");
    expect([...vault.secrets]).toEqual(before);
  });

  it("adds what is missing to a path and keeps what it does not know", async () => {
    const others = { postgres_password: "from before", note: { by: "hand" } };
    vault.put("staging/openpanel", others);
    await sync([openpanel]);
    expect(stored("staging/openpanel")).toMatchObject(others);
    expect(stored("staging/openpanel").cookie_secret).toBeDefined();
    // A patch, so the others are never sent back: JavaScript would round their large numbers.
    expect(vault.requests).toContain("PATCH secret/data/staging/openpanel");
  });

  it("reports a fixed key that holds another value, shows the declared one only, and keeps what is there", async () => {
    vault.put("staging/openpanel", { postgres_host: "elsewhere.example" });
    const { code, err } = await sync([openpanel]);
    expect(code).toBe(0);
    expect(err).toContain("postgres_host holds another value");
    expect(err).toContain("vault kv patch -mount=secret staging/openpanel postgres_host='postgresql.data-staging");
    expect(err).not.toContain("elsewhere.example");
    expect(stored("staging/openpanel").postgres_host).toBe("elsewhere.example");
  });

  it("shows with --dry-run what it would create, writes nothing and ends with 2", async () => {
    const { code, out } = await sync([casdoor, openpanel], ["--dry-run"]);
    expect(code).toBe(2);
    expect(out).toContain("Would create");
    expect(vault.secrets.size).toBe(0);
    await sync([casdoor, openpanel]);
    expect((await sync([casdoor, openpanel], ["--dry-run"])).code).toBe(0);
  });

  it("prints JSON without values", async () => {
    const { out } = await sync([openpanel, smtp], ["--json"]);
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      paths: [
        { path: "staging/openpanel", owner: "l3-data-staging", kept: [], drifted: [] },
        { path: "staging/smtp", missing: [{ key: "password", required: true }] },
      ],
      summary: { created: 3, missing: 2, required: 1 },
    });
  });
});

describe("values of people", () => {
  it("are asked for on a terminal, hidden, and may be left out", async () => {
    const { code, questions } = await sync([openpanel, smtp], [], { answers: ["", "s3cret-of-smtp"] });
    expect(code).toBe(0);
    expect(questions[1]).toBe("staging/smtp password (SMTP password; Enter to leave it out)");
    expect(stored("staging/smtp")).toEqual({ password: "s3cret-of-smtp" });
    expect(stored("staging/openpanel").saml_idp_metadata).toBeUndefined();
  });

  it("come from files and variables", async () => {
    const file = path.join(writeProgram({}), "metadata.xml");
    writeFileSync(file, "<md>\n</md>\n");
    const args = [
      "--supply",
      `staging/openpanel:saml_idp_metadata=@${file}`,
      "--supply",
      "staging/smtp:password=env:SMTP",
    ];
    expect((await sync([openpanel, smtp], args, { env: { SMTP: "s3cret-of-smtp" } })).code).toBe(0);
    expect(stored("staging/openpanel").saml_idp_metadata).toBe("<md>\n</md>");
    expect(stored("staging/smtp").password).toBe("s3cret-of-smtp");
  });

  it("come from variables named after their keys with --from-env", async () => {
    const env = { STRATA_SECRET_STAGING_SMTP_PASSWORD: "s3cret-of-smtp" };
    expect((await sync([smtp], [], { env })).code).toBe(1);
    expect((await sync([smtp], ["--from-env"], { env })).code).toBe(0);
    expect(stored("staging/smtp").password).toBe("s3cret-of-smtp");
  });

  it("end with 1 when a required one is missing, after everything else was written", async () => {
    const { code, err } = await sync([smtp, casdoor]);
    expect(code).toBe(1);
    expect(err).toContain("staging/smtp password\n    SMTP password; --supply staging/smtp:password=@FILE");
    expect(stored("clusters/platform/casdoor").admin_password).toBeDefined();
  });

  test.each([
    [
      "an undeclared path",
      "staging/other:password=env:SMTP",
      "no such path is declared. Declared are: staging/openpanel",
    ],
    ["an undeclared key", "staging/smtp:user=env:SMTP", "no such key is declared. A person supplies there: password"],
    ["a key of another kind", "staging/openpanel:cookie_secret=env:SMTP", "it is generated, not supplied by a person"],
    ["a value on the command line", "staging/smtp:password=hunter2", "stands on the command line"],
    ["something else", "hunter2", "not of the form path:key=source"],
    ["a missing file", "staging/smtp:password=@no-such-file", "cannot be read"],
    ["an unset variable", "staging/smtp:password=env:NOT_SET", "NOT_SET is not set or empty"],
  ])("are refused for %s before anything is written", async (_, option, text) => {
    const { code, err } = await sync([openpanel, smtp], ["--supply", option], { env: { SMTP: "x" } });
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(err).not.toContain("hunter2");
    expect(vault.requests).toEqual([]);
  });

  it("are refused when two keys would share a variable", async () => {
    const twin: TestSecret = { path: "staging", keys: { smtp_password: supplied } };
    const { code, err } = await sync([smtp, twin], ["--from-env"]);
    expect(code).toBe(1);
    expect(err).toContain("STRATA_SECRET_STAGING_SMTP_PASSWORD");
  });
});

describe("a Vault that does not play along", () => {
  it("is written with check-and-set: another writer's value wins and the rest is added", async () => {
    let once = true;
    await restart({
      fault: ({ method }) => {
        if (method === "POST" && once) {
          once = false;
          vault.put("staging/openpanel", { postgres_password: "of the other writer" });
        }
        return undefined;
      },
    });
    const { code, err } = await sync([openpanel]);
    expect(code).toBe(0);
    expect(err).toContain("2 keys created, 1 kept");
    expect(stored("staging/openpanel").postgres_password).toBe("of the other writer");
  });

  it("counts a write whose answer was lost, and does not make up other values", async () => {
    let drops = 1;
    await restart({ fault: ({ method }) => (method === "POST" && drops-- > 0 ? "drop" : undefined) });
    const { code, err } = await sync([casdoor]);
    expect(code).toBe(0);
    expect(err).toContain("1 keys created, 0 kept");
    expect(vault.secrets.get("clusters/platform/casdoor")?.version).toBe(1);
  });

  test.each(["refuse", 429, 500, 503] as const)(
    "is asked again after %s, and given up in the end",
    async (fault) => {
      let left = 2;
      await restart({ fault: ({ path: p }) => (p.includes("/data/") && left-- > 0 ? fault : undefined) });
      expect((await sync([casdoor])).code).toBe(0);
      left = Number.POSITIVE_INFINITY;
      const { code, err } = await sync([casdoor, openpanel]);
      expect(code).toBe(1);
      expect(err).toContain("clusters/platform/casdoor: ");
      expect(err).not.toContain("staging/openpanel: ");
    },
    20_000,
  );

  test.each([
    ["sealed", { sealed: true }, "it is sealed. Run `strata vault unseal`"],
    ["not initialised", { initialised: false }, "it is not initialised. Run `strata vault init`"],
    ["of the wrong mount version", { kvVersion: "1" }, "a key-value store of version 1"],
    ["without the mount", { kvVersion: "none" }, "there is no mount secret/, or the token has no right in it"],
  ] as const)("is refused when it is %s", async (_, options, text) => {
    await restart(options);
    const { code, err } = await sync([casdoor]);
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(vault.secrets.size).toBe(0);
  });

  it("names the path that the token may not write, and writes the others", async () => {
    await restart({ denied: ["clusters/platform/casdoor"] });
    const { code, err } = await sync([casdoor, openpanel]);
    expect(code).toBe(1);
    expect(err).toContain("clusters/platform/casdoor: the token may not read secret/data/clusters/platform/casdoor");
    expect(stored("staging/openpanel").cookie_secret).toBeDefined();
  });

  it("refuses a token that is not valid, and a missing one", async () => {
    expect((await sync([casdoor], [], { env: { VAULT_TOKEN: "expired" } })).err).toContain("the token has no right");
    const none = await sync([casdoor], [], { env: { VAULT_TOKEN: undefined, HOME: "/nowhere" } });
    expect(none.err).toContain("no token: the variable is not set and /nowhere/.vault-token is not there");
  });

  it("does not put new values over a secret that somebody deleted", async () => {
    vault.put("staging/openpanel", null);
    const { code, err } = await sync([openpanel]);
    expect(code).toBe(1);
    expect(err).toContain("staging/openpanel was deleted (version 1)");
    expect(vault.secrets.get("staging/openpanel")).toEqual({ data: null, version: 1 });
  });
});

describe("what synth wrote", () => {
  it("must be there", async () => {
    const { code, err } = await strata(["secrets", "sync", "--dir", "no-such-folder"], { env: vault.env });
    expect(code).toBe(1);
    expect(err).toContain("Run `npm run synth` first");
  });

  test.each([
    ["a path twice", [casdoor, { ...casdoor, owner: "l2" }], "is claimed by test and by l2"],
    ["a path outside the mount", [{ ...casdoor, path: "../sys" }], "not a path below the mount"],
    [
      "an unknown kind",
      [{ path: "a", keys: { b: { kind: "magic" } } } as unknown as TestSecret],
      "secrets.0.keys.b.kind",
    ],
    [
      "an unknown rule",
      [
        {
          path: "a",
          keys: { b: { kind: "generated", rule: { alphabet: "runes", length: 32 } } },
        } as unknown as TestSecret,
      ],
      "secrets.0.keys.b.rule\n    no rule that is known: a length and an alphabet (url-safe, hex), or a keyPair",
    ],
    ["a weak rule", [{ path: "a", keys: { b: { ...generated, rule: { alphabet: "hex", length: 4 } } } }], ">=16"],
  ] as const)("is refused with %s", async (_, secrets, text) => {
    const { code, err } = await sync(secrets);
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(vault.requests).toEqual([]);
  });
});
