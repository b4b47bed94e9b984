import { FakeVault, TOKEN } from "../support/fake-vault";
import { FakeCasdoor, type Fault, type Row } from "./support/fake-casdoor";
import { startIdentity } from "./support/process";
import { clientOf, fillVault, GITHUB, identity, PROVIDER, seeded, wordsOf, writeIdentity } from "./support/program";

/** A short form by default; STRATA_FAULT_RUNS=200 for the long one. */
const RUNS = Number(process.env.STRATA_FAULT_RUNS ?? 20);
const SEEDS = Array.from({ length: RUNS }, (_, seed) => seed + 1);
const FAULTS: readonly Fault[] = ["refuse", "drop", "slow", "late", 429, 500, 503, "database"];
/** The last attempt is without a fault, so it has to get through. */
const ATTEMPTS = 8;
/** Every fifth run begins with a process that is killed. */
const KILLED = 5;

jest.setTimeout(60_000);

const clients = [
  clientOf("gate-platform-main"),
  clientOf("grafana", { environment: "staging", groups: ["analytics", "operators"] }),
  clientOf("openpanel", { environment: "prod", groups: [] }),
];
const providers = [{ ...PROVIDER, signIn: { password: true, github: GITHUB } }];
const THEIRS = { owner: "admin", name: "theirs", clientId: "theirs", clientSecret: "s3cret-theirs", formCss: ".x {}" };

/** Objects are whole from their first moment, what others wrote stays, and nothing of anybody else is touched. */
function check(casdoor: FakeCasdoor, theirs: Row, done: boolean): void {
  expect(casdoor.application("theirs")).toEqual(theirs);
  for (const client of clients) {
    const row = casdoor.tables.application.get(`admin/${client.name}`);
    if (row === undefined) {
      expect(done).toBe(false);
      continue;
    }
    expect(row.clientId).toBe(client.name);
    if (client.name === "grafana") expect(row).toMatchObject({ formCss: ".kept {}", failedSigninLimit: 9 });
    if (!done) continue;
    expect(row).toMatchObject({
      clientSecret: `s3cret-of-${client.name}`,
      redirectUris: client.redirectUris,
      tokenFormat: "JWT-Custom",
      signupItems: expect.any(Array),
    });
  }
}

it.each(SEEDS)(
  "a sync loses nothing and ends in the same place when requests fail at random (seed %i)",
  async (seed) => {
    const random = seeded(seed);
    const severity = random() * 0.6;
    let failing = true;
    const fault = () => (failing && random() < severity ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined);
    const vault = await FakeVault.start();
    const casdoor = await FakeCasdoor.start({ fault, delay: 75 });
    const printed: string[] = [];
    try {
      fillVault(vault, clients);
      casdoor.put("application", THEIRS);
      const theirs = structuredClone(casdoor.application("theirs"));
      // One that a run before made, and that people have worked on since.
      casdoor.put("application", {
        owner: "admin",
        name: "grafana",
        clientId: "grafana",
        clientSecret: "s3cret-of-before",
        description: "Kept by strata identity sync for environment staging.",
        formCss: ".kept {}",
        failedSigninLimit: 9,
      });
      const words = wordsOf("sync", writeIdentity(clients, providers), casdoor);
      const env = { ...vault.env, STRATA_IDENTITY_TIMEOUT: "0.05" };
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        failing = attempt < ATTEMPTS - 1;
        let code: number | null;
        if (attempt === 0 && seed % KILLED === 0) {
          const run = startIdentity(words, { ...vault.env, STRATA_IDENTITY_TIMEOUT: "2" });
          let left = 1 + Math.floor(random() * 15);
          casdoor.onRequest = () => {
            left -= 1;
            if (left === 0) run.child.kill("SIGKILL");
          };
          code = await run.ended;
          casdoor.onRequest = () => undefined;
          printed.push(...run.printed);
        } else {
          const patient = failing ? env : { ...env, STRATA_IDENTITY_TIMEOUT: "5" };
          const outcome = await identity(words, { env: patient });
          printed.push(outcome.out, outcome.err);
          code = outcome.code;
        }
        await casdoor.idle();
        check(casdoor, theirs, code === 0);
        if (!failing) expect(code).toBe(0);
        if (code === 0) break;
      }
      failing = false;
      const settled = structuredClone(casdoor.tables);
      expect((await identity(words, { env: vault.env })).err).toContain("0 created, 0 updated, 7 kept.");
      expect(casdoor.tables).toEqual(settled);
      const text = printed.join("\n");
      // Nobody else is there: what looks like another writer is a write of its own whose answer was lost.
      expect(text).not.toContain("somebody else");
      for (const value of [...vault.values(), ...casdoor.values(), TOKEN]) {
        if (value.startsWith("s3cret") || value === TOKEN) expect(text).not.toContain(value);
      }
    } finally {
      await vault.stop();
      await casdoor.stop();
    }
  },
);
