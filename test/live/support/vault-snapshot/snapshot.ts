import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { vaultPolicy } from "../../../../cli/secrets/vault-policy";
import type { Owner } from "./owner";
import { SMTP_PASSWORD } from "./program";

const RAFT = 'path "sys/storage/raft/snapshot" { capabilities = ["read"] }';

/** A snapshot brings back what it holds, in its own Vault and in a new one. */
export function snapshotTests(owner: Owner): void {
  const { world } = owner;
  const oldKeys = path.join(world.folder, "old-keys.json");
  const snapshot = path.join(world.folder, "vault.snap");

  describe("a snapshot of a real Vault", () => {
    let kept: Readonly<Record<string, string>>;

    test("is a new file for its owner only, with nothing in clear", async () => {
      kept = await owner.data("staging/openpanel");
      const token = await owner.tokenFor("snapshot", RAFT);
      const { code, stdout } = await owner.run(["vault", "snapshot", "--out", snapshot], { VAULT_TOKEN: token });
      expect(code).toBe(0);
      expect(stdout).toBe(`${createHash("sha256").update(readFileSync(snapshot)).digest("hex")}  ${snapshot}\n`);
      expect(statSync(snapshot).mode & 0o777).toBe(0o600);
      expect(gunzipSync(readFileSync(snapshot)).includes(SMTP_PASSWORD)).toBe(false);
      expect((await owner.run(["vault", "snapshot", "--out", snapshot])).stderr).toContain("exists already");
      copyFileSync(world.vault.keysFile, oldKeys);
    });

    test("is not given to a token without the right", async () => {
      const token = await owner.tokenFor("status", vaultPolicy("secret", ["look", "list"]));
      const take = ["vault", "snapshot", "--out", path.join(world.folder, "none")];
      const { code, stderr } = await owner.run(take, { VAULT_TOKEN: token });
      expect(code).toBe(1);
      expect(stderr).toContain("the token may not take a snapshot");
    });

    test("takes back what was written since, in the Vault that it is of", async () => {
      expect((await owner.secrets(["rotate", "staging/openpanel", "--no-rollout"])).code).toBe(0);
      expect(await owner.data("staging/openpanel")).not.toEqual(kept);
      const { code, stderr } = await owner.run(["vault", "restore", snapshot, "--yes", await owner.clusterName()]);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(stderr).not.toContain("vault unseal");
      await world.vault.becomeActive();
      expect(await owner.data("staging/openpanel")).toEqual(kept);
    });

    test("is refused by a new Vault, whose unseal keys are others", async () => {
      await world.vault.remove();
      await owner.openNewVault();
      const { code, stderr } = await owner.run(["vault", "restore", snapshot, "--yes", await owner.clusterName()]);
      expect(code).toBe(1);
      expect(stderr).toContain(
        "the snapshot was made with other unseal keys than it has. If that is right, add --force",
      );
      const refused = await owner.run(["vault", "restore", snapshot, "--force", "--yes", "another"]);
      expect(refused.stderr).toContain("names another Vault cluster");
    });

    test("brings everything back there with --force, once it is opened with the old keys", async () => {
      const force = ["vault", "restore", snapshot, "--force", "--yes", await owner.clusterName()];
      const { code, stderr } = await owner.run(force);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(stderr).toContain("strata vault unseal, on every replica, with the unseal keys of the snapshot");
      expect(await world.vault.status()).toMatchObject({ initialised: true, unsealed: false });
      const unseal = async (file: string) =>
        (await world.strata(["vault", "unseal"], { env: world.env, stdin: readFileSync(file, "utf8") })).code;
      expect(await unseal(world.vault.keysFile)).toBe(1);
      expect(await unseal(oldKeys)).toBe(0);
      await world.vault.becomeActive();
      const keys = z.object({ root_token: z.string() }).parse(JSON.parse(readFileSync(oldKeys, "utf8")));
      world.rootToken = keys.root_token;
      expect(await owner.data("staging/openpanel")).toEqual(kept);
      expect((await owner.status()).summary).toEqual(expect.objectContaining({ present: 8, missing: 0 }));
    });
  });
}
