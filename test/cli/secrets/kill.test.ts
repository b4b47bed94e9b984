import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { FakeVault, TOKEN } from "../support/fake-vault";
import { generated, hex, writeProgram } from "../support/program";
import { ROOT } from "../support/session";

const secrets = Array.from({ length: 6 }, (_, index) => ({
  path: `staging/app-${index}`,
  keys: { password: generated, key: hex },
}));

/** Starts the real command in a process of its own. */
function start(vault: FakeVault, dir: string) {
  const env = { PATH: process.env.PATH, HOME: dir, DEBUG: "*", ...vault.env };
  const child = spawn(process.execPath, [path.join(ROOT, "cli/bin.mjs"), "secrets", "sync", "--dir", dir], { env });
  const printed: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
  return { child, ended: ended(child), printed };
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on("close", (code) => resolve(code)));
}

it.each([1, 3, 6])(
  "a sync that is killed at write %i and run again ends in the same place",
  async (deadly) => {
    const vault = await FakeVault.start();
    try {
      const dir = writeProgram({ secrets });
      const killed = start(vault, dir);
      let writes = 0;
      vault.onWrite = () => {
        writes += 1;
        if (writes === deadly) killed.child.kill("SIGKILL");
      };
      expect(await killed.ended).toBeNull();
      const before = structuredClone(vault.secrets);
      expect(before.size).toBe(deadly);
      const again = start(vault, dir);
      expect(await again.ended).toBe(0);
      expect(vault.secrets.size).toBe(secrets.length);
      for (const [name, secret] of before) expect(vault.secrets.get(name)).toEqual(secret);
      const printed = [...killed.printed, ...again.printed].join("");
      expect(printed).toContain("staging/app-5");
      for (const value of [...vault.values(), TOKEN]) expect(printed).not.toContain(value);
    } finally {
      await vault.stop();
    }
  },
  30_000,
);
