import { writeFileSync } from "node:fs";
import path from "node:path";
import { FakeVault, type FakeVaultOptions, LOGIN_TOKEN, TOKEN } from "../support/fake-vault";
import { generated, writeProgram } from "../support/program";
import { type Person, strata, temporaryFolder } from "../support/session";

const JWT = "eyJhbGciOiJSUzI1NiJ9.of-a-ci-job.signature";
const LOGINS = {
  "kubernetes-platform": { role: "atlantis", jwt: JWT },
  jwt: { role: "pipeline", jwt: JWT },
} as const;

let vault: FakeVault;

async function start(options: FakeVaultOptions = {}): Promise<void> {
  vault = await FakeVault.start({ logins: LOGINS, ...options });
}

beforeEach(() => start());
afterEach(() => vault.stop());

/** Runs a command that needs a token, without VAULT_TOKEN. */
async function sync(args: readonly string[], person: Person = {}) {
  const dir = writeProgram({ secrets: [{ path: "staging/app", keys: { password: generated } }] });
  const env = { VAULT_ADDR: vault.address, HOME: "/nowhere", JWT, ...person.env };
  const outcome = await strata(["secrets", "sync", "--dir", dir, ...args], { ...person, env });
  for (const secret of [JWT, TOKEN, LOGIN_TOKEN]) expect(outcome.out + outcome.err).not.toContain(secret);
  return outcome;
}

function file(text: string): string {
  const name = path.join(temporaryFolder(), "token");
  writeFileSync(name, text);
  return name;
}

const jwtLogin = ["--login", "jwt", "--login-role", "pipeline", "--login-jwt", "env:JWT"];

describe("the token of a command", () => {
  it("comes from a file", async () => {
    expect((await sync(["--token-file", file(`${TOKEN}\n`)])).code).toBe(0);
  });

  test.each([
    ["is not there", "/no/such/token", "cannot be read"],
    ["is empty", "", "is empty"],
  ])("is told when its file %s", async (_, name, text) => {
    const { code, err } = await sync(["--token-file", name || file("\n")]);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });

  it("comes from a login with the identity token of a CI job, and is revoked at the end", async () => {
    expect((await sync(jwtLogin)).code).toBe(0);
    expect(vault.requests.at(-1)).toBe("POST auth/token/revoke-self");
    expect(vault.requests).toContain("POST auth/jwt/login");
    expect(vault.secrets.size).toBe(1);
  });

  it("comes from a login with a pod's token, at the auth method of its cluster", async () => {
    const login = ["--login", "kubernetes", "--login-role", "atlantis", "--login-mount", "kubernetes-platform"];
    expect((await sync([...login, "--login-jwt", `@${file(`${JWT}\n`)}`])).code).toBe(0);
    expect(vault.requests).toContain("POST auth/kubernetes-platform/login");
  });

  it("is asked for with the token that every pod has when no other is named", async () => {
    const { code, err } = await sync(["--login", "kubernetes", "--login-role", "atlantis"]);
    expect(code).toBe(1);
    expect(err).toContain("/var/run/secrets/kubernetes.io/serviceaccount/token cannot be read");
  });

  it("is revoked when the command fails too", async () => {
    await vault.stop();
    await start({ denied: ["staging/app"] });
    expect((await sync(jwtLogin)).code).toBe(1);
    expect(vault.requests.at(-1)).toBe("POST auth/token/revoke-self");
  });

  it("is not revoked when it was there before", async () => {
    await sync([], { env: { VAULT_TOKEN: TOKEN } });
    expect(vault.requests.join("\n")).not.toContain("revoke");
  });

  it("is asked for again when Vault is busy", async () => {
    await vault.stop();
    let busy = 2;
    await start({ fault: ({ path: name }) => (name.endsWith("/login") && busy-- > 0 ? 500 : undefined) });
    expect((await sync(jwtLogin)).code).toBe(0);
  });
});

describe("a login that is refused", () => {
  test.each([
    ["another role", ["--login-role", "admin"], 'as role admin at auth/jwt: invalid role name "admin"'],
    ["another mount", ["--login-mount", "gitlab"], "as role pipeline at auth/gitlab: permission denied"],
    ["another JWT", ["--login-jwt", "env:HOME"], "audience claim does not match. Check role and mount"],
  ])("says why: %s", async (_, args, text) => {
    const { code, err } = await sync([...jwtLogin, ...args]);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });

  it("tells a sealed Vault at once", async () => {
    await vault.stop();
    await start({ sealed: true });
    const { code, err } = await sync(jwtLogin);
    expect(code).toBe(1);
    expect(err).toContain("it is sealed");
    expect(vault.requests).toEqual(["GET sys/seal-status"]);
  });

  test.each([
    ["no role", ["--login", "jwt", "--login-jwt", "env:JWT"], "no role is named. Add --login-role"],
    ["no JWT", ["--login", "jwt", "--login-role", "pipeline"], "no JWT is named"],
    ["a JWT on the command line", [...jwtLogin, "--login-jwt", JWT], "stands on the command line"],
    ["an unset variable", [...jwtLogin, "--login-jwt", "env:NOT_SET"], "NOT_SET is not set"],
    ["two tokens", [...jwtLogin, "--token-file", "token"], "--token-file\n    names a token, and --login asks for one"],
    ["a role without a login", ["--login-role", "pipeline"], "means nothing without a login"],
    ["an unknown way", ["--login", "ldap"], "argument 'ldap' is invalid"],
  ])("asks nothing of Vault with %s", async (_, args, text) => {
    const { code, err } = await sync(args, { env: { VAULT_TOKEN: TOKEN } });
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(vault.requests).toEqual([]);
  });
});
