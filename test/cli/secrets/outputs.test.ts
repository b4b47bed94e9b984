import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { terraformOutputs } from "../../../cli/terraform/outputs";
import { FakeVault } from "../support/fake-vault";
import { generated, type TestSecret, writeProgram } from "../support/program";
import { strata, temporaryFolder } from "../support/session";

const STACK = "l1-cluster-platform";
const backends = { [STACK]: { local: { path: `../../../state/${STACK}.tfstate` } } };
const secret: TestSecret = {
  path: "staging/backup",
  keys: { s3_secret_key: { kind: "output", stack: STACK, output: "object_storage_secret_key" } },
};
const VALUE = "s3cret-of-the-object-storage";

function applied(folder: string): void {
  const outputs = { object_storage_secret_key: { value: VALUE, type: "string", sensitive: true } };
  const state = { version: 4, terraform_version: "1.11.4", serial: 1, lineage: "x", outputs, resources: [] };
  const file = path.resolve(folder, "../state", `${STACK}.tfstate`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(state));
}

/** A Terraform that notes how it was called and answers from the state file of its backend. */
function fakeTerraform(answer = ""): string {
  const file = path.join(temporaryFolder(), "terraform");
  const script = `#!${process.execPath}
const { readFileSync, writeFileSync } = require("node:fs");
if (process.env.TF_LOG || process.env.VAULT_TOKEN) process.exit(3);
if (process.argv[2] === "init") process.exit(0);
const { path } = JSON.parse(readFileSync("backend.tf.json", "utf8")).terraform.backend.local;
${answer}
let text = "{}";
try { text = JSON.stringify(JSON.parse(readFileSync(path, "utf8")).outputs); } catch {}
process.stdout.write(text);
`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return file;
}

let vault: FakeVault;

beforeEach(async () => {
  vault = await FakeVault.start();
});

afterEach(() => vault.stop());

const sync = (folder: string, terraform: string, args: readonly string[] = []) =>
  secrets(["sync", ...args], folder, terraform);
const rotate = (folder: string, terraform = fakeTerraform(), args: readonly string[] = []) =>
  secrets(["rotate", "staging/backup", "--no-rollout", ...args], folder, terraform);

async function secrets(words: readonly string[], folder: string, terraform: string) {
  const env = { PATH: process.env.PATH, TERRAFORM_BINARY_NAME: terraform, TF_LOG: "trace", ...vault.env };
  const outcome = await strata(["secrets", ...words, "--dir", folder], { env });
  expect(outcome.out + outcome.err).not.toContain(VALUE);
  return outcome;
}

describe("a rotation of a key that is an output", () => {
  const both: TestSecret = { path: "staging/backup", keys: { ...secret.keys, password: generated } };
  const before = { s3_secret_key: "of-before", password: "old-password" };
  const program = (declared = both) => {
    const folder = writeProgram({ secrets: [declared], backends });
    vault.put("staging/backup", before);
    return folder;
  };
  const stored = () => vault.secrets.get("staging/backup")?.data;

  it("copies what the state has now, alone or with the others of its path in one write", async () => {
    const folder = program();
    applied(folder);
    expect(await rotate(folder, fakeTerraform(), ["s3_secret_key"])).toMatchObject({ code: 0 });
    expect(stored()).toEqual({ ...before, s3_secret_key: VALUE });
    vault.put("staging/backup", before);
    const version = vault.secrets.get("staging/backup")?.version ?? 0;
    expect(await rotate(folder)).toMatchObject({ code: 0 });
    expect(stored()).toEqual({ s3_secret_key: VALUE, password: expect.not.stringMatching("old-password") });
    expect(vault.secrets.get("staging/backup")?.version).toBe(version + 1);
  });

  it("changes nothing where the state has what Vault has, and does not call it rotated", async () => {
    const folder = program();
    applied(folder);
    vault.put("staging/backup", { ...before, s3_secret_key: VALUE });
    const version = vault.secrets.get("staging/backup")?.version;
    const alone = await rotate(folder, fakeTerraform(), ["s3_secret_key"]);
    expect(alone).toMatchObject({ code: 0, err: expect.stringContaining("s3_secret_key is kept: it has this value") });
    expect(vault.secrets.get("staging/backup")?.version).toBe(version);
    const { out, err } = await rotate(folder);
    expect(out).toContain("rotated password; version");
    expect(err).toContain("s3_secret_key is kept: it has this value already.");
  });

  it("writes nothing when its stack is not deployed, and says how to", async () => {
    const { code, err } = await rotate(program());
    expect(code).toBe(1);
    expect(err).toContain(`output object_storage_secret_key of ${STACK}, which is not deployed yet`);
    expect(err).toContain(`npx cdktf deploy ${STACK}`);
    expect(stored()).toEqual(before);
  });

  it("reads no state in a dry run", async () => {
    expect(await rotate(program(), "/no/such/terraform", ["--dry-run"])).toMatchObject({ code: 2 });
    expect(stored()).toEqual(before);
  });
});

describe("a key that is an output of an L1 stack", () => {
  it("is copied from the state, without the value being seen", async () => {
    const folder = writeProgram({ secrets: [secret], backends });
    applied(folder);
    expect(await sync(folder, fakeTerraform())).toMatchObject({ code: 0 });
    expect(vault.secrets.get("staging/backup")?.data).toEqual({ s3_secret_key: VALUE });
    expect(readdirSync(path.join(folder, "stacks", STACK))).toEqual(["cdk.tf.json"]);
  });

  it("is missing until its stack is deployed", async () => {
    const { code, err } = await sync(writeProgram({ secrets: [secret], backends }), fakeTerraform());
    expect(code).toBe(1);
    expect(err).toContain(`output object_storage_secret_key of ${STACK}, which is not deployed yet`);
  });

  it("is not fetched by a dry run", async () => {
    const folder = writeProgram({ secrets: [secret], backends });
    expect(await sync(folder, "/no/such/terraform", ["--dry-run"])).toMatchObject({ code: 2 });
  });

  test.each([
    ["Terraform is not there", { backends }, "/no/such/terraform", "Install Terraform 1.11 or newer"],
    ["the stack is not synthesized", {}, "terraform", "is not part of this synth"],
  ])("is told when %s", async (_, program, terraform, text) => {
    const { code, err } = await sync(writeProgram({ secrets: [secret], ...program }), terraform);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });

  it("is told when Terraform fails, with what it said", async () => {
    const failing = fakeTerraform(`process.stderr.write("│ Error: no credentials"); process.exit(1);`);
    const { code, err } = await sync(writeProgram({ secrets: [secret], backends }), failing);
    expect(code).toBe(1);
    expect(err).toContain("terraform output failed: Error: no credentials");
  });
});

const terraform = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
const real = canRun(terraform) ? it : it.skip;

real(
  "the real Terraform reads outputs without any provider, relative to the folder of the stack",
  async () => {
    const folder = writeProgram({ backends });
    applied(folder);
    const outputs = await terraformOutputs(folder, process.env)(STACK);
    expect(outputs.get("object_storage_secret_key")).toBe(VALUE);
  },
  30_000,
);

function canRun(command: string): boolean {
  try {
    execFileSync(command, ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
