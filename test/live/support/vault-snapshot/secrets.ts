import { createHash } from "node:crypto";
import { vaultPolicy } from "../../../../cli/secrets/vault-policy";
import { CiIssuer } from "./ci-issuer";
import type { Owner } from "./owner";
import { SMTP_PASSWORD } from "./program";

/** Every command gets along with the rights that it names. */
export function secretTests(owner: Owner): void {
  describe("the secrets of a real Vault", () => {
    test("are created by a token with the rights that the command names", async () => {
      const token = await owner.tokenFor("sync", vaultPolicy("secret", ["read", "write"]));
      const supply = ["--supply", "staging/openpanel:smtp_password=env:SMTP"];
      const { code, stderr } = await owner.secrets(["sync", ...supply], { VAULT_TOKEN: token });
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const { postgres_password = "", ...others } = await owner.data("staging/openpanel");
      expect(others.postgres_hash).toBe(createHash("sha256").update(postgres_password).digest("hex"));
      expect(others).toMatchObject({
        smtp_password: SMTP_PASSWORD,
        saml_public_key: expect.stringContaining("PUBLIC"),
      });
    });

    test("are shown with kinds, version and time by a token that may read none of them", async () => {
      const body = { data: { password: "left behind" }, options: { cas: 0 } };
      await owner.ask({ method: "POST", path: "secret/data/old/place%20with%20space", body });
      const token = await owner.tokenFor("status", vaultPolicy("secret", ["look", "list"]));
      const report = await owner.status(token);
      expect(report).toMatchObject({
        paths: [
          { path: "staging/openpanel", state: "stored", version: 1 },
          { path: "prod/openpanel", state: "stored", version: 1 },
        ],
        undeclaredPaths: ["old/place with space"],
        summary: { present: 8, missing: 0 },
      });
      for (const { written } of report.paths) expect(Date.now() - Date.parse(written)).toBeLessThan(120_000);
      const read = await owner.ask({ method: "GET", path: "secret/data/staging/openpanel", token });
      expect(read.status).toBe(403);
    });

    test("are rotated one by one, and what is derived follows", async () => {
      const before = await owner.data("staging/openpanel");
      const untouched = await owner.data("prod/openpanel");
      const token = await owner.tokenFor("rotate", vaultPolicy("secret", ["read", "write"], "staging/"));
      const rotate = ["rotate", "staging/openpanel", "postgres_password", "--no-rollout"];
      expect((await owner.secrets(rotate, { VAULT_TOKEN: token })).code).toBe(0);
      const after = await owner.data("staging/openpanel");
      const changed = Object.keys(after).filter((key) => after[key] !== before[key]);
      expect(changed.sort()).toEqual(["postgres_hash", "postgres_password"]);
      expect(await owner.data("prod/openpanel")).toEqual(untouched);
      expect((await owner.status()).paths).toMatchObject([{ version: 2 }, { version: 1 }]);
      const refused = await owner.secrets(["rotate", "staging/openpanel", "encryption_key"]);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("with this key only") });
    });

    test("are reached with the identity token of a CI job, and the login leaves no token behind", async () => {
      const issuer = new CiIssuer();
      await owner.ask({ method: "POST", path: "sys/auth/jwt-ci", body: { type: "jwt" } });
      const trusted = { jwt_validation_pubkeys: [issuer.pem] };
      await owner.ask({ method: "POST", path: "auth/jwt-ci/config", body: trusted });
      const role = { role_type: "jwt", user_claim: "sub", bound_audiences: ["vault"], token_policies: ["status"] };
      await owner.ask({ method: "POST", path: "auth/jwt-ci/role/pipeline", body: role });
      const where = ["--login-mount", "jwt-ci", "--login-role", "pipeline"];
      const status = ["status", "--login", "jwt", ...where, "--login-jwt", "env:ID_TOKEN"];
      const tokens = async () =>
        JSON.stringify((await owner.ask({ method: "LIST", path: "auth/token/accessors" })).body).length;
      const before = await tokens();
      const good = issuer.token("vault");
      expect(await owner.secrets(status, { ID_TOKEN: good })).toMatchObject({ code: 0 });
      expect(await tokens()).toBe(before);
      const { code, stderr } = await owner.secrets(status, { ID_TOKEN: issuer.token("elsewhere") });
      expect(code).toBe(1);
      expect(stderr).toContain("it refused the login as role pipeline at auth/jwt-ci: ");
      expect(owner.printed.join("\n")).not.toContain(good);
    });
  });
}
