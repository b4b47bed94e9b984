import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openVault, type Strata } from "../../../../sandbox/live/vault";
import { removeFolders, temporaryFolder } from "./support";

afterAll(removeFolders);

const KEYS = { unseal_keys_b64: ["key-one", "key-two"], root_token: "root-token" };

/** A Vault that only has a state, and a strata that changes it as the real one does. */
function fakes({ initialised = false, unsealed = false, running = true, failing = "" } = {}) {
  const keysFile = path.join(temporaryFolder(), "keys.json");
  const state = { initialised, unsealed };
  const calls: string[] = [];
  let waited = 0;
  const vault = {
    address: "https://127.0.0.1:1",
    caFile: "/ca.pem",
    keysFile,
    status: async () => (running ? { ...state, active: state.unsealed, version: "1.21.0" } : undefined),
    becomeActive: async () => {
      waited++;
    },
  };
  const strata: Strata = async (args, { env = {}, stdin = "" } = {}) => {
    calls.push(args.join(" ").replace(keysFile, "KEYS"));
    expect(env).toEqual({ VAULT_ADDR: vault.address, VAULT_CACERT: vault.caFile });
    if (args[1] === failing) return { code: 1, stdout: JSON.stringify(KEYS), stderr: "Vault: it is broken\n" };
    if (args[1] === "init") {
      writeFileSync(keysFile, JSON.stringify(KEYS), { mode: 0o600, flag: "wx" });
      state.initialised = true;
    } else {
      expect(JSON.parse(stdin)).toEqual(KEYS);
      state.unsealed = true;
    }
    return { code: 0, stdout: "", stderr: "" };
  };
  const writeKeys = (text = JSON.stringify(KEYS)): void => writeFileSync(keysFile, text, { mode: 0o600 });
  return { vault, strata, calls, keysFile, writeKeys, waits: () => waited };
}

describe("opening a Vault", () => {
  test("initialises and unseals a new one, and does nothing a second time", async () => {
    const { vault, strata, calls, waits } = fakes();
    expect(await openVault({ vault, strata })).toEqual({ rootToken: "root-token", done: "initialised" });
    expect(calls).toEqual(["vault init --out KEYS", "vault unseal"]);
    expect(waits()).toBe(1);
    expect(await openVault({ vault, strata })).toEqual({ rootToken: "root-token", done: "nothing" });
    expect(calls).toHaveLength(2);
  });

  test("unseals one that was started again", async () => {
    const { vault, strata, calls, writeKeys } = fakes({ initialised: true });
    writeKeys();
    expect(await openVault({ vault, strata })).toEqual({ rootToken: "root-token", done: "unsealed" });
    expect(calls).toEqual(["vault unseal"]);
  });

  test("goes on where an initialisation was cut off before Vault had done it, and keeps keys of another one", async () => {
    const { vault, strata, keysFile, writeKeys } = fakes();
    writeKeys("keys of another Vault");
    expect((await openVault({ vault, strata })).done).toBe("initialised");
    expect(readFileSync(`${keysFile}.old`, "utf8")).toBe("keys of another Vault");
  });

  test.each([
    [
      "are not there",
      undefined,
      /was initialised before, and .*keys\.json with its keys is not there.*delete its folder/s,
    ],
    ["were never written", "", /with its keys holds no keys/],
    ["are cut off", '{"unseal_keys_b64": [', /with its keys holds no keys/],
  ])("says what to do when the keys %s", async (_, text, message) => {
    const { vault, strata, calls, writeKeys } = fakes({ initialised: true });
    if (text !== undefined) writeKeys(text);
    await expect(openVault({ vault, strata })).rejects.toThrow(message);
    expect(calls).toEqual([]);
  });

  test("refuses keys that others can read", async () => {
    const { vault, strata, keysFile, writeKeys } = fakes({ initialised: true });
    writeKeys();
    chmodSync(keysFile, 0o644);
    await expect(openVault({ vault, strata })).rejects.toThrow(`chmod 600 ${keysFile}`);
  });

  test("says that Vault does not run", async () => {
    const { vault, strata } = fakes({ running: false });
    await expect(openVault({ vault, strata })).rejects.toThrow("Vault does not run");
  });

  test.each(["init", "unseal"])(
    "shows the messages of a failed %s, and nothing that it may have printed",
    async (failing) => {
      const { vault, strata, keysFile } = fakes({ failing });
      const failure = await openVault({ vault, strata }).catch(String);
      expect(failure).toContain(`strata vault ${failing} failed with exit code 1:\nVault: it is broken`);
      expect(failure).not.toContain(KEYS.root_token);
      expect(existsSync(keysFile)).toBe(failing === "unseal");
    },
  );
});
