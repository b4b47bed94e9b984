import type { SecretKey } from "../../../constructs/core/secrets";
import { FakeVault } from "../support/fake-vault";
import { generated, supplied, type TestSecret, writeProgram } from "../support/program";
import { strata } from "../support/session";

const VALUE = "s3cret-of-smtp";
const smtp: TestSecret = { path: "staging/smtp", keys: { password: supplied } };
const key = (rule: object): SecretKey => JSON.parse(JSON.stringify({ kind: "generated", rule }));
const app = (...keys: readonly SecretKey[]): TestSecret => ({
  path: "staging/app",
  keys: Object.fromEntries(keys.map((each, index) => [`key_${index}`, each])),
});

let vault: FakeVault;
beforeAll(async () => {
  vault = await FakeVault.start();
});
afterAll(() => vault.stop());

describe("one clear message, exit code 1 and no request to Vault", () => {
  const told = async (
    secrets: readonly TestSecret[],
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ) => {
    const { code, out, err } = await strata(["secrets", "sync", "--dir", writeProgram({ secrets }), ...args], {
      env: { ...vault.env, ...env },
    });
    expect({ code, out, requests: vault.requests }).toEqual({ code: 1, out: "", requests: [] });
    expect(err).toMatch(/^1 problem:\n/);
    expect(err).not.toContain(VALUE);
    expect(err).not.toMatch(/^\s+at /m);
    return err;
  };

  it("for a path that is claimed twice", async () => {
    const twice = [
      { ...app(generated), owner: "l3-data-staging" },
      { ...app(generated), owner: "l4-apps-staging" },
    ];
    expect(await told(twice)).toContain("staging/app is claimed by l3-data-staging and by l4-apps-staging");
  });

  test.each([
    ["an unknown alphabet", { alphabet: "runes", length: 32 }, "no rule that is known"],
    ["an unknown key pair", { keyPair: "dsa" }, "no rule that is known"],
    ["a key pair and a length", { keyPair: "ed25519", length: 32 }, "Unrecognized key"],
    [
      "too few characters of its alphabet",
      { alphabet: "hex", length: 16 },
      "would be too short to be secret. Write a length from 24",
    ],
    ["half a byte", { alphabet: "hex", length: 33 }, "would be no whole number of bytes"],
  ])("for a rule with %s", async (_, rule, words) => {
    expect(await told([app(key(rule))])).toContain(words);
  });

  it("for a key that is supplied and not declared, on the command line and in a variable", async () => {
    const onLine = await told([smtp], ["--supply", "staging/smtp:pasword=env:SMTP"], { SMTP: VALUE });
    expect(onLine).toContain(
      "--supply staging/smtp:pasword\n    no such key is declared. A person supplies there: password",
    );
    const inVariable = await told([smtp], ["--from-env"], { STRATA_SECRET_STAGING_SMTP_PASWORD: VALUE });
    expect(inVariable).toContain("--from-env STRATA_SECRET_STAGING_SMTP_PASWORD\n    no key is declared");
    expect(inVariable).toContain("Known are: STRATA_SECRET_STAGING_SMTP_PASSWORD");
  });

  it("for a variable of a key that nobody supplies", async () => {
    const err = await told([app(generated)], ["--from-env"], { STRATA_SECRET_STAGING_APP_KEY_0: VALUE });
    expect(err).toContain("No key is supplied by a person.");
  });
});

it("a variable of that form means nothing without --from-env", async () => {
  const dir = writeProgram({ secrets: [app(generated)] });
  const env = { ...vault.env, STRATA_SECRET_OF_SOMEBODY_ELSE: VALUE };
  expect((await strata(["secrets", "sync", "--dir", dir, "--dry-run"], { env })).code).toBe(2);
});
