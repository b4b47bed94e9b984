import { writeFileSync } from "node:fs";
import path from "node:path";
import { fillVault, type Strata, type StrataInput, writeBootstrapSecrets } from "../../../../sandbox/live/vault";
import { removeFolders, temporaryFolder } from "./support";

afterAll(removeFolders);

/** A program with one secret of each kind. */
function program(): string {
  const out = temporaryFolder();
  const common = { description: "", owner: "stack/x", readers: [] };
  const person = { kind: "supplied", description: "Password of a person" };
  const made = { kind: "generated", rule: { alphabet: "hex", length: 32 } };
  const secrets = [
    { ...common, path: "staging/openpanel", keys: { smtp_password: person, fixed: { kind: "fixed", value: "x" } } },
    { ...common, path: "staging/openpanel_smtp", keys: { password: person, made } },
  ];
  const key = { description: "DNS token", environmentVariable: "CLOUDFLARE_DNS_API_TOKEN" };
  const bootstrap = ["platform", "prod"].map((cluster) => ({
    ...{ cluster, namespace: "cert-manager", name: "cloudflare-dns", owner: "x", keys: { "api-token": key } },
  }));
  writeFileSync(
    path.join(out, "secrets.json"),
    JSON.stringify({ schemaVersion: 1, mount: "secret", secrets, bootstrap }),
  );
  return out;
}

/** A strata that prints a report, and how it was called. */
function fakeStrata(report: unknown, code = 0) {
  const calls: { args: readonly string[]; env: StrataInput["env"] }[] = [];
  const strata: Strata = async (args, { env } = {}) => {
    calls.push({ args, env });
    return { code, stdout: typeof report === "string" ? report : JSON.stringify(report), stderr: "" };
  };
  return { strata, calls };
}

const vault = { address: "https://127.0.0.1:1", caFile: "/ca.pem" };
const env = { TERRAFORM_BINARY_NAME: "/bin/terraform" };

describe("filling Vault", () => {
  test("makes up what a person supplies, names it on the command line, and hands it over in the environment", async () => {
    const { strata, calls } = fakeStrata({ summary: { created: 4, kept: 1, missing: 0 }, problems: [] });
    const out = program();
    expect(await fillVault({ vault, strata, out, env, token: "the-token" })).toEqual({ created: 4, kept: 1 });
    const [{ args = [], env: given = {} } = {}] = calls;
    expect(args.slice(0, 5)).toEqual(["secrets", "sync", "--dir", out, "--json"]);
    expect(args.slice(5)).toEqual([
      "--supply",
      "staging/openpanel:smtp_password=env:STRATA_SANDBOX_VALUE_0",
      "--supply",
      "staging/openpanel_smtp:password=env:STRATA_SANDBOX_VALUE_1",
    ]);
    expect(given).toMatchObject({
      ...env,
      VAULT_ADDR: vault.address,
      VAULT_CACERT: "/ca.pem",
      VAULT_TOKEN: "the-token",
    });
    expect(given.STRATA_SANDBOX_VALUE_0).toMatch(/^sandbox-\w{32}$/);
    expect(given.STRATA_SANDBOX_VALUE_1).not.toBe(given.STRATA_SANDBOX_VALUE_0);
    for (const secret of ["the-token", given.STRATA_SANDBOX_VALUE_0]) expect(args.join(" ")).not.toContain(secret);
  });

  test("fails with the problems of the report", async () => {
    const problem = { where: "Vault at x", problem: "it is sealed", fix: "Unseal it." };
    const { strata } = fakeStrata({ problems: [problem] }, 1);
    const filling = fillVault({ vault, strata, out: program(), env, token: "t" });
    await expect(filling).rejects.toThrow("strata secrets sync failed with exit code 1:\nVault at x: it is sealed");
  });

  test("fails on a report that it does not understand", async () => {
    const { strata } = fakeStrata("done");
    const filling = fillVault({ vault, strata, out: program(), env, token: "t" });
    await expect(filling).rejects.toThrow("no report");
  });
});

describe("the secrets that clusters need before Vault", () => {
  test("get made-up values in the variables that they name", async () => {
    const secret = { cluster: "platform", written: ["api-token"], kept: [] };
    const { strata, calls } = fakeStrata({ secrets: [secret, { ...secret, written: [], kept: ["api-token"] }] });
    const out = program();
    expect(await writeBootstrapSecrets({ strata, out, env })).toEqual({ created: 1, kept: 1 });
    expect(calls[0]?.args).toEqual(["secrets", "bootstrap", "--dir", out, "--json"]);
    expect(calls[0]?.env).toMatchObject({ ...env, CLOUDFLARE_DNS_API_TOKEN: expect.stringMatching(/^sandbox-/) });
  });

  test("may be those of one cluster", async () => {
    const { strata, calls } = fakeStrata({ secrets: [] });
    await writeBootstrapSecrets({ strata, out: program(), env }, "prod");
    expect(calls[0]?.args.slice(-2)).toEqual(["--cluster", "prod"]);
  });
});
