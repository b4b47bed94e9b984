import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { VAULT_STACKS } from "../vault-platform";
import type { Example } from "./example";

/** A Vault that is new is opened and told what the program says of it. */
export function openingTests(example: Example): void {
  const { platform } = example;

  test("is opened by its owner's commands, once", async () => {
    const { vault } = platform;
    expect(vault.exists()).toBe(false);
    await vault.start();
    expect(await vault.status()).toMatchObject({ initialised: false, unsealed: false });
    expect(await platform.open()).toBe("initialised");
    expect(await vault.status()).toMatchObject({ initialised: true, unsealed: true, active: true });
    expect(statSync(vault.keysFile).mode & 0o777).toBe(0o600);
    expect(await platform.open()).toBe("nothing");
  });

  test("takes what the program says of it from the real provider, and a second plan is empty", async () => {
    await platform.deployAs(platform.rootToken);
    for (const id of VAULT_STACKS) expect(await example.apply(id)).toBe("applied");
    for (const id of VAULT_STACKS) expect(await example.plan(id)).toBe("no changes");
  });

  test("writes its audit log in the sandbox, and the provider knows only the path of production", async () => {
    const { vault, paths, rootToken } = platform;
    expect(existsSync(vault.auditFile)).toBe(true);
    const state = readFileSync(path.join(paths.state, "l2-secrets-platform.tfstate"), "utf8");
    expect(state).toContain('"file_path": "/vault/audit/audit.log"');
    expect(state).not.toContain(vault.auditFile);
    const { body } = await platform.ask({ method: "GET", path: "sys/audit", token: rootToken });
    expect(body).toMatchObject({ "file/": { options: { file_path: "/vault/audit/audit.log" } } });
  });
}
