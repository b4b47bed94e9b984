import type { VaultFront } from "../../../../sandbox/live/vault";
import { VAULT_STACKS } from "../vault-platform";
import type { Example } from "./example";

/** What breaks off or ends is taken up again, and nothing is lost. */
export function breakTests(example: Example): void {
  const { platform } = example;

  function front(): VaultFront {
    const { front } = platform.vault;
    if (front === undefined) throw new Error("Vault does not run.");
    return front;
  }

  test("has a sync finish what Vault did without answering, in one version", async () => {
    const secret = "staging/openpanel-runtime";
    await example.forget([secret]);
    let lost = 0;
    front().interfere = ({ method, target }) => {
      const isFirst = method !== "GET" && target.endsWith(secret) && lost++ === 0;
      return isFirst ? { drop: "answer" } : {};
    };
    expect((await example.fill()).created).toBe(2);
    front().interfere = () => ({});
    expect(lost).toBe(1);
    expect(await example.versionOf(secret)).toBe(1);
  });

  test("has a sync that its crash has cut off finished by the next one, with no path written twice", async () => {
    const { vault } = platform;
    const declared = platform.declarations.secrets.map(({ path }) => path);
    await example.forget(declared);
    let writes = 0;
    front().interfere = ({ method, target }) => {
      if (method !== "GET" && target.startsWith("/v1/secret/data/") && ++writes === 4) void vault.kill();
      return {};
    };
    await expect(example.fill()).rejects.toThrow(/strata secrets sync failed/);
    front().interfere = () => ({});
    await vault.start();
    expect(await platform.open()).toBe("unsealed");
    const { created, kept } = await example.fill();
    expect(created).toBeGreaterThan(0);
    expect(kept).toBeGreaterThan(0);
    expect(await Promise.all(declared.map((secret) => example.versionOf(secret)))).toEqual(declared.map(() => 1));
    await example.expectLogins();
  });

  test("keeps everything over a restart, and is sealed after it", async () => {
    const { vault } = platform;
    const { address } = vault;
    await vault.stop();
    await vault.start();
    expect(vault.address).toBe(address);
    expect(await vault.status()).toMatchObject({ initialised: true, unsealed: false });
    expect(await platform.open()).toBe("unsealed");
    expect((await example.fill()).created).toBe(0);
    for (const id of VAULT_STACKS) expect(await example.plan(id)).toBe("no changes");
  });

  test("keeps everything over a crash, during which clients are told that it does not answer", async () => {
    const { vault } = platform;
    await vault.kill();
    expect(await platform.ask({ method: "GET", path: "sys/health" })).toEqual({
      status: 502,
      body: { errors: ["Vault does not answer"] },
    });
    await vault.start();
    expect(await platform.open()).toBe("unsealed");
    expect((await example.fill()).created).toBe(0);
  });
}
