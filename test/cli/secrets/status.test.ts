import { FakeVault, type FakeVaultOptions, WRITTEN } from "../support/fake-vault";
import { generated, hex, supplied, type TestSecret, writeProgram } from "../support/program";
import { strata } from "../support/session";

const reader = (cluster: string, namespace: string) => ({ cluster, namespace, serviceAccount: "secret-reader" });
const openpanel: TestSecret = {
  path: "staging/openpanel",
  owner: "l3-data-staging",
  readers: [reader("platform", "data-staging"), reader("platform", "openpanel-staging")],
  keys: {
    postgres_host: { kind: "fixed", value: "postgresql.data-staging" },
    postgres_password: generated,
    saml_idp_metadata: { ...supplied, optional: true },
  },
};
const runtime: TestSecret = { path: "staging/openpanel-runtime", keys: { cookie_secret: hex } };
const stored = { postgres_host: "elsewhere.example", postgres_password: "s3cret-of-postgres" };

let vault: FakeVault;

async function start(options: FakeVaultOptions = {}): Promise<void> {
  vault = await FakeVault.start(options);
}

afterEach(() => vault.stop());

async function status(secrets: readonly TestSecret[], args: readonly string[] = []) {
  const outcome = await strata(["secrets", "status", "--dir", writeProgram({ secrets }), ...args], { env: vault.env });
  for (const value of vault.values()) expect(outcome.out + outcome.err).not.toContain(value);
  return outcome;
}

describe("strata secrets status", () => {
  it("ends with 0 when all that is needed is there, and shows kinds, version, time and readers", async () => {
    await start();
    vault.put("staging/openpanel", stored);
    vault.put("staging/openpanel", stored);
    const { code, out, err } = await status([openpanel]);
    expect(code).toBe(0);
    expect(out).toContain("staging/openpanel (l3-data-staging): version 2, written 2026-11-21 13:29 UTC");
    expect(out).toMatch(/postgres_host +fixed +there\n/);
    expect(out).toMatch(/postgres_password +generated +there\n/);
    expect(out).toMatch(/saml_idp_metadata +supplied +missing \(optional\)/);
    expect(out).toContain("read by platform: data-staging/secret-reader, openpanel-staging/secret-reader");
    expect(err).toBe("2 keys are there, 1 missing, 0 of them needed.");
  });

  it("ends with 2 when something that is needed is missing, and says how to make it", async () => {
    await start();
    vault.put("staging/openpanel", { postgres_host: "elsewhere.example" });
    const { code, out, err } = await status([openpanel, runtime]);
    expect(code).toBe(2);
    expect(out).toMatch(/postgres_password +generated +missing\n/);
    expect(out).toContain("staging/openpanel-runtime (test): not there");
    expect(err).toContain("Next: strata secrets sync");
  });

  it("tells keys and paths that nobody declares, and touches none of them", async () => {
    await start();
    vault.put("staging/openpanel", { ...stored, note_of_hand: "keep me" });
    vault.put("dev-old/openpanel", { password: "left behind" });
    vault.put("with space/odd", { password: "value of an odd path" });
    const { code, out } = await status([openpanel]);
    expect(code).toBe(0);
    expect(out).toContain("not declared, kept: note_of_hand");
    expect(out).toContain("  dev-old/openpanel\n  with space/odd");
    expect(vault.requests.filter((request) => !request.startsWith("GET "))).toEqual([]);
  });

  it("reads no value: Vault is asked for outlines and names only", async () => {
    await start();
    vault.put("staging/openpanel", stored);
    await status([openpanel, runtime]);
    expect(vault.requests.filter((request) => request.includes("secret/data/"))).toEqual([]);
    expect(vault.requests).toContain("GET secret/subkeys/staging/openpanel?depth=1");
  });

  it("tells a secret that somebody deleted from one that was never written", async () => {
    await start();
    vault.put("staging/openpanel", null);
    const { code, out } = await status([openpanel]);
    expect(code).toBe(2);
    expect(out).toContain("deleted, version 1, written 2026-11-21 13:29 UTC (vault kv undelete brings it back)");
  });

  it("needs nothing that would be made of a key that need not be there", async () => {
    await start();
    vault.put("staging/openpanel", stored);
    const smtp = { kind: "derived", template: "smtp://{{ .saml_idp_metadata }}" } as const;
    const { code, out } = await status([{ ...openpanel, keys: { ...openpanel.keys, smtp } }]);
    expect(code).toBe(0);
    expect(out).toMatch(/smtp +derived +missing \(optional\)/);
  });

  it("prints JSON without values", async () => {
    await start();
    vault.put("staging/openpanel", { ...stored, note_of_hand: "keep me" });
    vault.put("dev-old/openpanel", { password: "left behind" });
    const { code, out } = await status([openpanel, runtime], ["--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({
      schemaVersion: 1,
      engine: `Vault at ${vault.address}`,
      paths: [
        {
          path: "staging/openpanel",
          owner: "l3-data-staging",
          state: "stored",
          version: 1,
          written: WRITTEN,
          keys: [
            { key: "postgres_host", kind: "fixed", present: true, optional: false },
            { key: "postgres_password", kind: "generated", present: true, optional: false },
            { key: "saml_idp_metadata", kind: "supplied", present: false, optional: true },
          ],
          undeclared: ["note_of_hand"],
          readers: openpanel.readers,
        },
        {
          path: "staging/openpanel-runtime",
          owner: "test",
          state: "absent",
          keys: [{ key: "cookie_secret", kind: "generated", present: false, optional: false }],
          undeclared: [],
          readers: [],
        },
      ],
      undeclaredPaths: ["dev-old/openpanel"],
      summary: { present: 2, missing: 2, required: 1, undeclaredKeys: 1, undeclaredPaths: 1 },
      problems: [],
    });
  });

  test.each([
    ["is sealed", { sealed: true }, "it is sealed"],
    ["has another mount version", { kvVersion: "1" }, "a key-value store of version 1"],
    [
      "does not let the token look at a path",
      { denied: ["staging/openpanel"] },
      "staging/openpanel: the token may not read secret/subkeys/staging/openpanel",
    ],
    ["does not let the token list", { denied: [""] }, "the token may not list secret/metadata/"],
  ] as const)("ends with 1 when Vault %s", async (_, options, text) => {
    await start(options);
    const { code, err } = await status([openpanel]);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });

  it("stops at the first path when Vault goes away", async () => {
    await start({ fault: ({ path }) => (path.includes("subkeys") ? "refuse" : undefined) });
    const { code, err } = await status([openpanel, runtime]);
    expect(code).toBe(1);
    expect(err.match(/cannot be reached/g)).toHaveLength(1);
  });
});
