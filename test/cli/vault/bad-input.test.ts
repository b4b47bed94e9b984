import { writeFileSync } from "node:fs";
import path from "node:path";
import { secretsPurge } from "../../../cli/secrets/purge";
import { FakeVault, type FakeVaultOptions, TOKEN } from "../support/fake-vault";
import { generated, writeProgram } from "../support/program";
import { fakeSession, type Outcome, strata, temporaryFolder } from "../support/session";
import { snapshot } from "./snapshot-server";

const PASSWORD = "password-that-is-stored";
const dir = writeProgram({ secrets: [{ path: "staging/app", keys: { password: generated } }] });
const cwd = temporaryFolder();
const file = path.join(cwd, "whole.snap");

type Env = Readonly<Record<string, string>>;
const command =
  (...words: readonly string[]) =>
  (env: Env): Promise<Outcome> =>
    strata(words, { env, cwd });

/** Every command that works with an open Vault, as it is called. */
const COMMANDS: Readonly<Record<string, (env: Env) => Promise<Outcome>>> = {
  "secrets sync": command("secrets", "sync", "--dir", dir),
  "secrets sync --dry-run": command("secrets", "sync", "--dir", dir, "--dry-run"),
  "secrets status": command("secrets", "status", "--dir", dir),
  "secrets rotate": command("secrets", "rotate", "staging/app", "--dir", dir),
  "secrets purge": purge,
  "vault snapshot": command("vault", "snapshot", "--out", path.join(cwd, "never.snap")),
  // The Vault of the tests has no name but its address.
  "vault restore": (env) => command("vault", "restore", file, "--yes", env.VAULT_ADDR ?? "")(env),
};
const names = Object.keys(COMMANDS);
/** Those that use the mount of the secrets. */
const ofSecrets = names.filter((name) => name.startsWith("secrets "));

/** The states of the stacks are not what is tested here. */
async function purge(env: Env): Promise<Outcome> {
  const { session, lines } = fakeSession({ env });
  const answer = (code: number, problem = "") => ({
    code,
    out: lines.out.join("\n"),
    err: [...lines.err, problem].join("\n"),
    questions: lines.questions,
  });
  const options = { dir, yes: "staging" };
  return secretsPurge(session, "staging", options, { objects: async () => 0 }).then(
    (code) => answer(code),
    (error: unknown) => answer(1, error instanceof Error ? error.message : String(error)),
  );
}

let vault: FakeVault | undefined;

beforeAll(async () => writeFileSync(file, await snapshot()));

afterEach(async () => {
  await vault?.stop();
  vault = undefined;
});

async function run(name: string, options: FakeVaultOptions, env: Env = {}): Promise<Outcome> {
  vault = await FakeVault.start(options);
  vault.put("staging/app", { password: PASSWORD });
  const outcome = await (COMMANDS[name] ?? command(name))({ ...vault.env, ...env });
  expect(vault.secrets.get("staging/app")).toEqual({ data: { password: PASSWORD }, version: 1 });
  return outcome;
}

/** One message, for a person: no stack trace, no second problem, and nothing that is secret. */
function expectOneProblem({ code, out, err }: Outcome, text: string): void {
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(text) });
  expect(err.split(text)).toHaveLength(2);
  expect(err).not.toMatch(/[2-9] problems|\n\s+at |defect of strata/);
  for (const secret of [PASSWORD, TOKEN]) expect(out + err).not.toContain(secret);
}

test.each(names)("`strata %s` tells a Vault that is sealed, and how it is opened", async (name) => {
  expectOneProblem(await run(name, { sealed: true }), "it is sealed. Run `strata vault unseal`");
});

test.each(names)("`strata %s` tells a Vault that was never initialised", async (name) => {
  expectOneProblem(await run(name, { initialised: false }), "it is not initialised. Run `strata vault init`");
});

test.each(names)("`strata %s` tells a Vault that cannot be reached, and where it looked", async (name) => {
  const outcome = await run(name, {}, { VAULT_ADDR: "http://127.0.0.1:1" });
  expectOneProblem(outcome, "cannot be reached: connection refused");
  expect(outcome.err).toContain("Vault at http://127.0.0.1:1");
});

test.each(ofSecrets)("`strata %s` tells a mount that is of the wrong version", async (name) => {
  expectOneProblem(await run(name, { kvVersion: "1" }), "the mount secret/ is a key-value store of version 1");
});

test.each(ofSecrets)("`strata %s` tells a token without any right", async (name) => {
  const text = "there is no mount secret/, or the token has no right in it";
  expectOneProblem(await run(name, {}, { VAULT_TOKEN: "expired" }), text);
});

test.each([
  ["secrets sync", "the token may not read secret/data/staging/app"],
  ["secrets status", "the token may not read secret/subkeys/staging/app"],
  ["secrets rotate", "the token may not read secret/data/staging/app"],
  ["secrets purge", "the token may not delete secret/metadata/staging/app"],
])("`strata %s` tells which right a token lacks", async (name, text) => {
  expectOneProblem(await run(name, { denied: ["staging/app"] }), text);
});

test("`strata vault snapshot` tells a token that may not do it", async () => {
  const text = "the token may not take a snapshot";
  expectOneProblem(await run("vault snapshot", {}, { VAULT_TOKEN: "expired" }), text);
});

test.each(names)("`strata %s` tells that there is no token at all", async (name) => {
  expectOneProblem(await run(name, {}, { VAULT_TOKEN: "", HOME: "/nowhere" }), "no token: the variable is not set");
});
