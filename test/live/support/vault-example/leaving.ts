import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { filesWith } from "../files-with";
import type { Example } from "./example";

const keysFile = z.object({ unseal_keys_b64: z.array(z.string()) });

/** What it leaves behind: nothing in clear while it is there, nothing at all after it. Comes last. */
export function leavingTests(example: Example): void {
  const { platform } = example;

  test("writes no value in clear anywhere", async () => {
    const { vault, rootToken } = platform;
    const marker = "marker-7c1e9d52a4";
    const request = { path: "secret/data/sandbox/marker", token: rootToken };
    const body = { data: { value: marker }, options: { cas: 0 } };
    expect((await platform.ask({ ...request, method: "POST", body })).status).toBe(200);
    const read = await platform.ask({ ...request, method: "GET" });
    expect(read.body).toMatchObject({ data: { data: { value: marker } } });
    expect(readFileSync(vault.auditFile, "utf8")).toContain("secret/data/sandbox/marker");
    const keys = keysFile.parse(JSON.parse(readFileSync(vault.keysFile, "utf8"))).unseal_keys_b64;
    const generated = Object.values(await example.valuesOf("staging/openpanel-runtime"));
    const found = filesWith(platform.folder, [marker, rootToken, ...generated, ...keys]);
    for (const value of [marker, ...generated]) expect(found.get(value)).toEqual([]);
    for (const value of [rootToken, ...keys]) expect(found.get(value)).toEqual(["vault/keys.json"]);
  });

  test("says what to do when its keys are lost", async () => {
    const { vault } = platform;
    await vault.stop();
    await vault.start();
    rmSync(vault.keysFile);
    await expect(platform.open()).rejects.toThrow(/keys\.json with its keys is not there/);
  });

  test("leaves nothing when it is removed", async () => {
    const { vault } = platform;
    await vault.remove();
    expect(vault.exists()).toBe(false);
    expect(existsSync(path.join(platform.folder, "vault"))).toBe(false);
    expect(await vault.status()).toBeUndefined();
  });
}
