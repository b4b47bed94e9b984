import { vaultPolicy } from "../../../../cli/secrets/vault-policy";
import type { Owner } from "./owner";
import { SMTP_PASSWORD } from "./program";

/** An environment that was destroyed leaves nothing; comes last. */
export function destroyedTests(owner: Owner): void {
  describe("the secrets of a destroyed environment", () => {
    test("are deleted with all versions, so that a new one inherits nothing", async () => {
      const old = await owner.data("staging/openpanel");
      const token = await owner.tokenFor("purge", vaultPolicy("secret", ["list", "delete"], "staging/"));
      const { TERRAFORM_BINARY_NAME = "terraform", PATH = "" } = process.env;
      const env = { VAULT_TOKEN: token, TERRAFORM_BINARY_NAME, PATH };
      const { code, stderr } = await owner.secrets(["purge", "staging", "--yes", "staging"], env);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect((await owner.ask({ method: "GET", path: "secret/metadata/staging/openpanel" })).status).toBe(404);
      expect(Object.keys(await owner.data("prod/openpanel"))).toEqual(["postgres_password"]);
      await owner.secrets(["sync", "--supply", "staging/openpanel:smtp_password=env:SMTP"]);
      const fresh = await owner.data("staging/openpanel");
      expect(fresh.encryption_key).not.toBe(old.encryption_key);
      expect(fresh.postgres_password).not.toBe(old.postgres_password);
    });

    test("never show a value on the way", async () => {
      const text = owner.printed.join("\n");
      for (const [key, value] of Object.entries(await owner.data("staging/openpanel"))) {
        if (key !== "postgres_host") expect(text).not.toContain(value);
      }
      for (const value of [SMTP_PASSWORD, owner.world.rootToken]) expect(text).not.toContain(value);
    });
  });
}
