import { createHash } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { SecretKey } from "../../../constructs/core/secrets";
import type { FakeVault } from "../support/fake-vault";
import { generated, hex, type TestSecret, writeProgram } from "../support/program";
import { temporaryFolder } from "../support/session";
import { tryUntilDone } from "./fault-run";

/** A short form by default; STRATA_FAULT_RUNS=200 for the long one. */
const RUNS = Number(process.env.STRATA_FAULT_RUNS ?? 20);
const SEEDS = Array.from({ length: RUNS }, (_, seed) => seed + 1);

jest.setTimeout(60_000);

const keys = {
  host: { kind: "fixed", value: "db.internal" },
  password: generated,
  cookie_secret: hex,
  hash: { kind: "derived", template: "{{ .password | sha256sum }}" },
} satisfies Record<string, SecretKey>;
const secrets: readonly TestSecret[] = ["dev", "staging", "prod", "clusters/platform"].map((place) => ({
  path: `${place}/openpanel`,
  keys,
}));
const OLD = { host: "db.internal", password: "old-password-of-openpanel", cookie_secret: "old-cookie-secret" };
const whole = { ...OLD, hash: sha256(OLD.password), note_of_hand: { by: "hand" } };

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

const STACK = "l3-data-staging";
const BACKEND = { local: { path: `../../../state/${STACK}.tfstate` } };

/** A Terraform that finds no state. */
function nothingDeployed(): string {
  const file = path.join(temporaryFolder(), "terraform");
  writeFileSync(file, "#!/bin/sh\nexit 0\n");
  chmodSync(file, 0o755);
  return file;
}

function dataOf(vault: FakeVault, secret: string): Readonly<Record<string, unknown>> {
  return vault.secrets.get(secret)?.data ?? {};
}

function fill(vault: FakeVault): void {
  for (const { path } of secrets) vault.put(path, whole);
  vault.put("staging/smtp", { password: "password-of-the-mail-server" });
}

it.each(SEEDS)("a sync loses and changes nothing when requests fail at random (seed %i)", async (seed) => {
  const first = new Map<string, string>();
  await tryUntilDone(seed, {
    words: ["secrets", "sync", "--dir", writeProgram({ secrets })],
    prepare: () => undefined,
    check: (vault, code) => {
      for (const [path, { data, version }] of vault.secrets) {
        // Whole from its first moment, and never written again.
        expect(Object.keys(data ?? {}).sort()).toEqual(Object.keys(keys).sort());
        expect(data?.hash).toBe(sha256(String(data?.password)));
        expect(version).toBe(1);
        const text = JSON.stringify(data);
        expect(first.get(path) ?? text).toBe(text);
        first.set(path, text);
      }
      if (code === 0) expect(vault.secrets.size).toBe(secrets.length);
    },
  });
});

it.each(SEEDS)("a rotation happens once or not at all when requests fail at random (seed %i)", async (seed) => {
  const version = (vault: FakeVault) => vault.secrets.get("staging/openpanel")?.version ?? 0;
  let before = 1;
  await tryUntilDone(seed, {
    words: ["secrets", "rotate", "staging/openpanel", "password", "--dir", writeProgram({ secrets })],
    prepare: fill,
    check: (vault, code, text) => {
      // Nobody else is there: what looks like another writer is a write of its own whose answer was lost.
      expect(text).not.toContain("somebody else");
      const { password, hash, ...others } = dataOf(vault, "staging/openpanel");
      expect(others).toEqual({ host: OLD.host, cookie_secret: OLD.cookie_secret, note_of_hand: whole.note_of_hand });
      expect(hash).toBe(sha256(String(password)));
      // One command rotates once; one that failed or was killed may have.
      const steps = version(vault) - before;
      expect(code === 0 ? [1] : [0, 1]).toContain(steps);
      if (version(vault) > 1) expect(password).not.toBe(OLD.password);
      else expect(password).toBe(OLD.password);
      before = version(vault);
      for (const place of ["dev", "prod", "clusters/platform"]) {
        expect(vault.secrets.get(`${place}/openpanel`)).toEqual({ data: whole, version: 1 });
      }
    },
  });
});

it.each(SEEDS)(
  "a purge deletes its environment and nothing else when requests fail at random (seed %i)",
  async (seed) => {
    let before = 3;
    const dir = writeProgram({ secrets, stacks: { [STACK]: [] }, backends: { [STACK]: BACKEND } });
    await tryUntilDone(seed, {
      words: ["secrets", "purge", "staging", "--yes", "staging", "--dir", dir],
      env: { TERRAFORM_BINARY_NAME: nothingDeployed() },
      prepare: (vault) => {
        fill(vault);
        vault.put("staging/team/deep", { password: "password-of-a-team" });
      },
      check: (vault, code) => {
        const left = [...vault.secrets.keys()].filter((path) => path.startsWith("staging/"));
        expect(left.length).toBeLessThanOrEqual(before);
        before = left.length;
        if (code === 0) expect(left).toEqual([]);
        for (const place of ["dev", "prod", "clusters/platform"]) {
          expect(vault.secrets.get(`${place}/openpanel`)).toEqual({ data: whole, version: 1 });
        }
      },
    });
  },
);
