import { FakeVault, TOKEN } from "../support/fake-vault";
import { FakeCasdoor } from "./support/fake-casdoor";
import { startIdentity } from "./support/process";
import {
  clientOf,
  fillVault,
  GATE,
  GITHUB,
  identity,
  PROVIDER,
  redirectOf,
  uriOf,
  wordsOf,
  writeIdentity,
} from "./support/program";

const clients = [GATE, clientOf("grafana", { environment: "staging" })];
const STAGING = redirectOf("openpanel-staging", "staging");
/** What a build of everything holds, and one of an environment that guards a host with the platform's gate. */
const BUILDS = [
  ["everything", clients, { complete: true, redirects: [redirectOf("headlamp"), STAGING] }],
  ["an environment", clients.slice(1), { complete: false, redirects: [STAGING] }],
] as const;
const providers = [{ ...PROVIDER, signIn: { password: true, github: GITHUB } }];

/** Every third request by default; STRATA_FAULT_RUNS=200 for each of them. */
const STEP = Number(process.env.STRATA_FAULT_RUNS ?? 20) >= 200 ? 1 : 3;

jest.setTimeout(120_000);

/** What a run that nobody disturbs leaves, but for the times. */
function placeOf({ tables }: FakeCasdoor): string {
  return JSON.stringify(
    Object.values(tables).map((table) => [...table].map(([id, row]) => [id, { ...row, createdTime: "" }]).sort()),
  );
}

async function servers() {
  const vault = await FakeVault.start();
  const casdoor = await FakeCasdoor.start();
  fillVault(vault, clients);
  // Both clients are changed.
  casdoor.put("application", {
    owner: "admin",
    name: GATE.name,
    clientId: GATE.name,
    clientSecret: "s3cret-of-before",
    description: "Kept by strata identity sync for the platform.",
    redirectUris: [uriOf("headlamp")],
  });
  casdoor.put("application", {
    owner: "admin",
    name: "grafana",
    clientId: "grafana",
    clientSecret: "s3cret-of-before",
    description: "Kept by strata identity sync for environment staging.",
    formCss: ".kept {}",
  });
  return { vault, casdoor, stop: () => Promise.all([vault.stop(), casdoor.stop()]) };
}

it.each(BUILDS)(
  "a sync of %s that is killed at any request ends in the same place when it is run again",
  async (...build) => {
    const [, declared, more] = build;
    const dir = writeIdentity(declared, providers, [], more);
    const whole = await servers();
    expect((await identity(wordsOf("sync", dir, whole.casdoor), { env: whole.vault.env })).code).toBe(0);
    const requests = whole.casdoor.requests.length;
    const right = placeOf(whole.casdoor);
    await whole.stop();
    expect(requests).toBeGreaterThan(10);
    expect(right).toContain(STAGING.uri);
    expect(right).toContain(".kept {}");

    for (let deadly = 1; deadly <= requests; deadly += STEP) {
      const { vault, casdoor, stop } = await servers();
      const killed = startIdentity(wordsOf("sync", dir, casdoor), vault.env);
      casdoor.onRequest = () => {
        if (casdoor.requests.length === deadly) killed.child.kill("SIGKILL");
      };
      expect(await killed.ended).toBeNull();
      await casdoor.idle();
      casdoor.onRequest = () => undefined;
      const again = await identity(wordsOf("sync", dir, casdoor), { env: vault.env });
      expect(again.code).toBe(0);
      expect(placeOf(casdoor)).toBe(right);
      const printed = killed.printed.join("") + again.out + again.err;
      for (const value of [...vault.values(), TOKEN]) {
        if (value.startsWith("s3cret") || value === TOKEN) expect(printed).not.toContain(value);
      }
      await stop();
    }
  },
);
