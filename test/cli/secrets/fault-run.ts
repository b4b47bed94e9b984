import { spawn } from "node:child_process";
import path from "node:path";
import { FakeVault, type Fault, TOKEN } from "../support/fake-vault";
import { ROOT, strata } from "../support/session";

const FAULTS: readonly Fault[] = ["refuse", "drop", "slow", "late", 429, 500, 503];
/** The last attempt is without a fault, so it has to get through. */
const ATTEMPTS = 8;
/** Every fifth run begins with a process that is killed. */
const KILLED = 5;

/** What is tried again and again against a Vault that fails at random. */
export interface Trial {
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Fills Vault. */
  prepare(vault: FakeVault): void;
  /**
   * Called after each attempt, when nothing is under way any more.
   *
   * @param code of the attempt; null when it was killed
   * @param text what it printed
   */
  check(vault: FakeVault, code: number | null, text: string): void;
}

/** Numbers from 0 to 1 that depend on the seed only (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs a command until it succeeds, with faults that depend on the seed only. */
export async function tryUntilDone(seed: number, trial: Trial): Promise<void> {
  const random = seeded(seed);
  const severity = random() * 0.6;
  let failing = true;
  let deadly: (() => boolean) | undefined;
  const fault = (): Fault | undefined => {
    // Killed before Vault has done what it was asked, or after.
    if (deadly?.()) return random() < 0.5 ? "refuse" : undefined;
    return failing && random() < severity ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined;
  };
  const vault = await FakeVault.start({ fault, delay: 75 });
  const printed: string[] = [];
  const values = new Set([TOKEN]);
  const note = () => {
    for (const value of vault.values()) values.add(value);
  };
  vault.onWrite = note;
  try {
    trial.prepare(vault);
    note();
    const env = { ...trial.env, ...vault.env, VAULT_CLIENT_TIMEOUT: "0.05" };
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      failing = attempt < ATTEMPTS - 1;
      let code: number | null;
      const seen = printed.length;
      if (attempt === 0 && seed % KILLED === 0) {
        let left = 1 + Math.floor(random() * 10);
        code = await process(trial.words, { ...env, VAULT_CLIENT_TIMEOUT: "2" }, printed, (kill) => {
          deadly = () => {
            left -= 1;
            if (left === 0) kill();
            return left <= 0;
          };
        });
        deadly = undefined;
      } else {
        const outcome = await strata(trial.words, { env });
        printed.push(outcome.out, outcome.err);
        code = outcome.code;
      }
      await vault.idle();
      trial.check(vault, code, printed.slice(seen).join("\n"));
      if (!failing) expect(code).toBe(0);
      if (code === 0) break;
    }
    const text = printed.join("\n");
    for (const value of values) if (value.length > 12) expect(text).not.toContain(value);
  } finally {
    await vault.stop();
  }
}

/** The command as a process of its own, which can be killed. */
function process(
  words: readonly string[],
  vault: Readonly<Record<string, string>>,
  printed: string[],
  started: (kill: () => void) => void,
): Promise<number | null> {
  const { PATH } = globalThis.process.env;
  const child = spawn(globalThis.process.execPath, [path.join(ROOT, "cli/bin.mjs"), ...words], {
    env: { PATH, HOME: "/nowhere", ...vault },
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => printed.push(text.toString()));
  started(() => child.kill("SIGKILL"));
  return new Promise((resolve) => child.on("close", (code) => resolve(code)));
}
