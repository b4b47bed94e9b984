import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type PurgeOptions, secretsPurge } from "../../../cli/secrets/purge";
import { StrataError } from "../../../constructs/core/errors";
import { FakeVault, type FakeVaultOptions } from "../support/fake-vault";
import { writeProgram } from "../support/program";
import { fakeSession, strata, temporaryFolder } from "../support/session";

const STACKS = { "l1-cluster-platform": [], "l3-data-staging": [], "l4-apps-staging": [], "l4-jobs-staging": [] };
const stateFile = (stack: string) => ({ local: { path: `../../../state/${stack}.tfstate` } });

let vault: FakeVault;

async function start(options: FakeVaultOptions = {}): Promise<void> {
  vault = await FakeVault.start(options);
  for (const path of [
    "staging/openpanel",
    "staging/openpanel-runtime",
    "staging/team/deep key",
    "staging-eu/openpanel",
  ]) {
    vault.put(path, { password: `password of ${path}` });
    vault.put(path, { password: `second password of ${path}` });
  }
  vault.put("clusters/platform/casdoor", { password: "of the identity provider" });
  vault.put("prod/openpanel", null);
}

beforeEach(() => start());
afterEach(() => vault.stop());

interface Run extends Partial<PurgeOptions> {
  readonly environment?: string;
  /** What is typed at the question; with it the terminal is interactive. */
  readonly typed?: string;
  /** Objects in the states of stacks. */
  readonly objects?: Readonly<Record<string, number>>;
}

async function purge({ environment = "staging", typed, objects = {}, ...options }: Run = {}) {
  const { session, lines } = fakeSession({ env: vault.env, answers: typed === undefined ? undefined : [] });
  const questions: string[] = [];
  const asked: string[] = [];
  const all = { dir: writeProgram({ stacks: STACKS }), ...options };
  const code = await secretsPurge(session, environment, all, {
    objects: async (stack) => {
      asked.push(stack);
      return objects[stack] ?? 0;
    },
    ask: async (message) => {
      questions.push(message);
      return typed ?? "";
    },
  });
  const printed = [...lines.out, ...lines.err].join("\n");
  for (const value of vault.values()) expect(printed).not.toContain(value);
  return { code, out: lines.out.join("\n"), err: lines.err.join("\n"), questions, asked };
}

async function refusal(run: Run): Promise<string> {
  const error = await purge(run).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StrataError)) throw new Error("it was not refused");
  return error.message;
}

const OTHERS = ["clusters/platform/casdoor", "prod/openpanel", "staging-eu/openpanel"];
const paths = () => [...vault.secrets.keys()].sort();

describe("strata secrets purge", () => {
  it("deletes every path of the environment with all versions, and no other one", async () => {
    const { code, out } = await purge({ yes: "staging" });
    expect(code).toBe(0);
    expect(paths()).toEqual(OTHERS);
    expect(out).toBe(
      ["staging/openpanel", "staging/openpanel-runtime", "staging/team/deep key"].map((p) => `deleted ${p}`).join("\n"),
    );
    expect(vault.requests).toContain("DELETE secret/metadata/staging/team/deep%20key");
  });

  it("finds nothing to do the second time", async () => {
    await purge({ yes: "staging" });
    const { code, out } = await purge({ yes: "staging" });
    expect({ code, out }).toEqual({ code: 0, out: "No secret of staging is there." });
  });

  it("shows with --dry-run what it would delete, deletes nothing and ends with 2", async () => {
    const { code, out } = await purge({ dryRun: true });
    expect(code).toBe(2);
    expect(out).toContain("would delete staging/openpanel\n");
    expect(paths()).toHaveLength(6);
    expect((await purge({ dryRun: true, environment: "dev" })).code).toBe(0);
  });

  it("has the name of the environment typed after showing what goes", async () => {
    const { code, err, questions } = await purge({ typed: "staging" });
    expect(code).toBe(0);
    expect(err).toContain("with all of their versions, for good:\n  staging/openpanel\n");
    expect(questions).toEqual(["Type the name of the environment (staging) to go on"]);
  });

  test.each([
    ["another name is typed", { typed: "prod" }, "its name was not typed. Nothing was changed"],
    ["nobody is there to type it", {}, "nobody confirms it. Add --yes staging"],
    ["JSON is printed and it was not named beforehand", { typed: "staging", json: true }, "nobody confirms it"],
    ["another one was named beforehand", { yes: "prod" }, '--yes\n    names another environment (found "prod")'],
  ])("deletes nothing when %s", async (_, run, text) => {
    expect(await refusal(run)).toContain(text);
    expect(paths()).toHaveLength(6);
  });

  test.each(["clusters", "staging/openpanel", "", "..", "*"])("refuses %p, which is no environment", async (name) => {
    expect(await refusal({ environment: name, yes: name })).toContain("is not the name of one");
    expect(vault.requests).toEqual([]);
  });

  it("prints JSON", async () => {
    const { out } = await purge({ yes: "staging", json: true });
    expect(JSON.parse(out)).toEqual({
      schemaVersion: 1,
      engine: `Vault at ${vault.address}`,
      environment: "staging",
      dryRun: false,
      deleted: ["staging/openpanel", "staging/openpanel-runtime", "staging/team/deep key"],
      problems: [],
    });
  });

  it("tells what is left when it may not delete a path", async () => {
    await vault.stop();
    await start({ denied: ["staging/openpanel-runtime"] });
    const { code, out, err } = await purge({ yes: "staging" });
    expect(code).toBe(1);
    expect(out).toBe("deleted staging/openpanel");
    expect(err).toContain("the token may not delete secret/metadata/staging/openpanel-runtime; 2 of 3 paths are left");
  });

  it("tells a path that somebody writes again at the same time", async () => {
    await vault.stop();
    let deletes = 0;
    await start({
      fault: ({ method }) => {
        if (method === "DELETE" && ++deletes === 3) vault.put("staging/openpanel", { password: "once more" });
        return undefined;
      },
    });
    const { code, err } = await purge({ yes: "staging" });
    expect(code).toBe(1);
    expect(err).toContain("staging/openpanel was written again at the same time");
  });
});

describe("an environment that is deployed", () => {
  it("keeps its secrets: each stack that holds something is named, with the command that destroys them", async () => {
    const message = await refusal({ yes: "staging", objects: { "l4-jobs-staging": 1, "l3-data-staging": 14 } });
    expect(message).toContain("l4-jobs-staging\n    it is deployed: its state holds 1 object.");
    expect(message).toContain("l3-data-staging\n    it is deployed: its state holds 14 objects.");
    expect(message).toContain("cdktf destroy l4-jobs-staging l3-data-staging");
    expect(vault.requests).toEqual([]);
  });

  it("is looked for in its own stacks only, in those of a synth without it too", async () => {
    expect((await purge({ yes: "staging" })).asked).toEqual(["l4-jobs-staging", "l4-apps-staging", "l3-data-staging"]);
    expect((await purge({ environment: "gone" })).asked).toEqual(["l4-apps-gone", "l3-data-gone"]);
  });

  /** A Terraform that answers from the state file of its backend. */
  function terraform(): string {
    const file = path.join(temporaryFolder(), "terraform");
    const script = `#!${process.execPath}
const { readFileSync } = require("node:fs");
if (process.argv[2] === "init") process.exit(0);
if (process.argv.slice(2, 4).join(" ") !== "state pull") process.exit(4);
try { process.stdout.write(readFileSync(JSON.parse(readFileSync("backend.tf.json", "utf8")).terraform.backend.local.path)); } catch {}
`;
    writeFileSync(file, script);
    chmodSync(file, 0o755);
    return file;
  }

  function deployed(folder: string, stack: string): void {
    const resources = [{ mode: "managed", type: "a", name: "b", provider: "p", instances: [{ attributes: {} }, {}] }];
    const file = path.resolve(folder, "../state", `${stack}.tfstate`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ version: 4, resources }));
  }

  async function withStates(environment: string, deployedStack?: string) {
    const ids = ["l1-cluster-platform", "l3-data-staging", "l4-apps-staging"];
    const folder = writeProgram({
      stacks: Object.fromEntries(ids.map((id) => [id, []])),
      backends: Object.fromEntries(ids.map((id) => [id, stateFile(id)])),
    });
    if (deployedStack !== undefined) deployed(folder, deployedStack);
    const env = { PATH: process.env.PATH, TERRAFORM_BINARY_NAME: terraform(), ...vault.env };
    return strata(["secrets", "purge", environment, "--yes", environment, "--dir", folder], { env });
  }

  it("is found by the state of its stacks", async () => {
    const { code, err } = await withStates("staging", "l3-data-staging");
    expect(code).toBe(1);
    expect(err).toContain("l3-data-staging\n    it is deployed: its state holds 2 objects");
    expect(await withStates("staging")).toMatchObject({ code: 0 });
    expect(paths()).toEqual(OTHERS);
  });

  it("is found when its file is gone: its states stand beside those of the others", async () => {
    const { code, err } = await withStates("staging-eu", "l3-data-staging-eu");
    expect(code).toBe(1);
    expect(err).toContain("l3-data-staging-eu\n    it is deployed");
    expect(await withStates("staging-eu")).toMatchObject({ code: 0 });
    expect(paths()).not.toContain("staging-eu/openpanel");
  });

  it("counts as deployed when nobody can tell", async () => {
    const folder = writeProgram({ stacks: {} });
    const { code, err } = await strata(["secrets", "purge", "gone", "--yes", "gone", "--dir", folder], {
      env: vault.env,
    });
    expect(code).toBe(1);
    expect(err).toContain("nothing is synthesized, so nobody knows where its state is");
    expect(vault.requests).toEqual([]);
  });
});
