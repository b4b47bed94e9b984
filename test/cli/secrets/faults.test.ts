import type { SecretKey } from "../../../constructs/core/secrets";
import { FakeVault, type Fault } from "../support/fake-vault";
import { generated, hex, type TestSecret, writeProgram } from "../support/program";
import { strata } from "../support/session";

/** A short form by default; STRATA_FAULT_RUNS=200 for the long one. */
const RUNS = Number(process.env.STRATA_FAULT_RUNS ?? 25);
const FAULTS: readonly Fault[] = ["refuse", "drop", "slow", "late", 429, 500, 503];

const secrets: readonly TestSecret[] = ["dev", "staging", "prod", "clusters/platform"].map((place) => ({
  path: `${place}/openpanel`,
  keys: { host: { kind: "fixed", value: "db.internal" }, password: generated, cookie_secret: hex } satisfies Record<
    string,
    SecretKey
  >,
}));

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

it.each(Array.from({ length: RUNS }, (_, seed) => seed + 1))(
  "loses and changes nothing when requests fail at random (seed %i)",
  async (seed) => {
    const random = seeded(seed);
    const severity = random() * 0.6;
    let failing = true;
    const fault = () => (failing && random() < severity ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined);
    const vault = await FakeVault.start({ fault, delay: 75 });
    try {
      const dir = writeProgram({ secrets });
      const env = { ...vault.env, VAULT_CLIENT_TIMEOUT: "0.05" };
      const first = new Map<string, string>();
      for (let attempt = 0; attempt < 8; attempt++) {
        failing = attempt < 7;
        const { code, out, err } = await strata(["secrets", "sync", "--dir", dir], { env });
        for (const [path, { data, version }] of vault.secrets) {
          // Whole from its first moment, and never written again.
          expect(Object.keys(data ?? {}).sort()).toEqual(["cookie_secret", "host", "password"]);
          expect(version).toBe(1);
          const text = JSON.stringify(data);
          expect(first.get(path) ?? text).toBe(text);
          first.set(path, text);
          for (const key of ["password", "cookie_secret"]) expect(out + err).not.toContain(String(data?.[key]));
        }
        if (!failing) expect(code).toBe(0);
        if (code === 0) break;
      }
      expect(vault.secrets.size).toBe(secrets.length);
    } finally {
      await vault.stop();
    }
  },
);
