import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { FakeVault, LOGIN_TOKEN } from "../support/fake-vault";
import { strata, temporaryFolder } from "../support/session";

const JWT = "eyJhbGciOiJFUzI1NiJ9.of-a-person.signature";
const LOGIN = ["--login", "jwt", "--login-mount", "sso", "--login-role", "operator", "--login-jwt", "env:JWT"];
let vault: FakeVault;

beforeEach(async () => {
  vault = await FakeVault.start({ logins: { sso: { role: "operator", jwt: JWT } } });
});
afterEach(() => vault.stop());

async function exec(args: readonly string[], command: readonly string[]) {
  const env = { VAULT_ADDR: vault.address, HOME: "/nowhere", PATH: process.env.PATH, JWT };
  const outcome = await strata(["vault", "exec", ...args, "--", ...command], { env });
  for (const secret of [JWT, LOGIN_TOKEN]) expect(outcome.out + outcome.err).not.toContain(secret);
  return outcome;
}

/** A command that writes down what it finds. */
function noting(expression: string): { readonly command: readonly string[]; readonly note: () => string } {
  const file = path.join(temporaryFolder(), "note");
  const script = `require("node:fs").writeFileSync(${JSON.stringify(file)}, String(${expression}))`;
  return {
    command: [process.execPath, "-e", script],
    note: () => (existsSync(file) ? readFileSync(file, "utf8") : "never ran"),
  };
}

describe("strata vault exec", () => {
  it("gives the command a token that is revoked when it has ended", async () => {
    const { command, note } = noting("process.env.VAULT_TOKEN");
    expect(await exec(LOGIN, command)).toMatchObject({ code: 0 });
    expect(note()).toBe(LOGIN_TOKEN);
    expect(vault.requests.slice(-2)).toEqual(["POST auth/sso/login", "POST auth/token/revoke-self"]);
  });

  it("keeps the identity token from the command", async () => {
    const { command, note } = noting("process.env.JWT");
    await exec(LOGIN, command);
    expect(note()).toBe("undefined");
  });

  it("ends as the command does, and revokes the token then too", async () => {
    expect(await exec(LOGIN, [process.execPath, "-e", "process.exit(7)"])).toMatchObject({ code: 7 });
    expect(vault.requests.at(-1)).toBe("POST auth/token/revoke-self");
    expect(await exec(LOGIN, [process.execPath, "-e", "process.kill(process.pid, 'SIGKILL')"])).toMatchObject({
      code: 137,
    });
  });

  it("says that there is no such command", async () => {
    const { code, err } = await exec(LOGIN, ["/no/such/terraform"]);
    expect(code).toBe(1);
    expect(err).toContain("terraform\n    no such command");
    expect(vault.requests.at(-1)).toBe("POST auth/token/revoke-self");
  });

  it("runs nothing when the login is refused", async () => {
    const { command, note } = noting("1");
    const { code, err } = await exec([...LOGIN, "--login-role", "admin"], command);
    expect(code).toBe(1);
    expect(err).toContain("it refused the login as role admin at auth/sso");
    expect(note()).toBe("never ran");
  });

  it("asks for a way to log in", async () => {
    const { code, err } = await exec([], ["true"]);
    expect(code).toBe(1);
    expect(err).toContain("nothing says how to log in");
    expect(vault.requests).toEqual([]);
  });
});
