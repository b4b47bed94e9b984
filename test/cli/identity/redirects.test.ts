import { setTimeout as pause } from "node:timers/promises";
import { DEFAULT_RETRY } from "../../../cli/retry";
import type { WrittenRedirect } from "../../../constructs/core/identity";
import { FakeVault } from "../support/fake-vault";
import type { Outcome } from "../support/session";
import { FakeCasdoor, type FakeCasdoorOptions, type Fault } from "./support/fake-casdoor";
import {
  clientOf,
  fillVault,
  GATE,
  identity,
  PROVIDER,
  redirectOf,
  seeded,
  uriOf,
  wordsOf,
  writeIdentity,
} from "./support/program";

const grafana = clientOf("grafana", { environment: "staging" });
const STAGING = redirectOf("openpanel-staging", "staging");
const PROD = redirectOf("openpanel-prod", "prod");
const HEADLAMP = redirectOf("headlamp");
const ALL = [HEADLAMP, PROD, STAGING];
/** A twentieth of the usual time: two environments have to wait for each other. */
const PATIENT = { retry: { ...DEFAULT_RETRY, sleep: (milliseconds: number) => pause(milliseconds / 20) } };

jest.setTimeout(60_000);

let vault: FakeVault;
let casdoor: FakeCasdoor;

async function start(options: FakeCasdoorOptions = {}): Promise<void> {
  vault = await FakeVault.start();
  casdoor = await FakeCasdoor.start(options);
  fillVault(vault, [GATE, grafana]);
}

afterEach(async () => {
  await vault.stop();
  await casdoor.stop();
});

type Build = "platform" | "environment";

/** A build of everything, or of an environment with nothing but what it owns. */
function words(command: "sync" | "status", build: Build, redirects: readonly WrittenRedirect[], ...args: string[]) {
  const complete = build === "platform";
  const dir = writeIdentity(complete ? [GATE, grafana] : [], [PROVIDER], [], { complete, redirects });
  return wordsOf(command, dir, casdoor, args);
}

function run(...args: Parameters<typeof words>): Promise<Outcome> {
  return identity(words(...args), { env: vault.env });
}

const uris = () => casdoor.application(GATE.name).redirectUris;

describe("the sync of the whole platform", () => {
  it("gives a shared client its own redirect URIs and those that others declare", async () => {
    await start();
    const { code, out } = await run("sync", "platform", ALL);
    expect(code).toBe(0);
    expect(uris()).toEqual(ALL.map(({ uri }) => uri));
    expect(out).toMatch(/client +gate-platform-main +- +created/);
    expect((await run("sync", "platform", ALL, "--dry-run")).code).toBe(0);
  });

  it("takes away what nobody declares any more, and names it", async () => {
    await start();
    await run("sync", "platform", ALL);
    const dry = await run("sync", "platform", [HEADLAMP, PROD], "--dry-run");
    expect(dry.code).toBe(2);
    expect(dry.out).toContain(`Redirect URIs that would go from client gate-platform-main`);
    expect(uris()).toHaveLength(3);
    const { code, out } = await run("sync", "platform", [HEADLAMP, PROD]);
    expect(code).toBe(0);
    expect(out).toContain(
      `Redirect URIs that are gone from client gate-platform-main, because nobody declares them:\n  ${STAGING.uri}`,
    );
    expect(uris()).toEqual([HEADLAMP.uri, PROD.uri]);
  });

  it("says in JSON what came and what went", async () => {
    await start();
    await run("sync", "platform", [PROD]);
    const { out } = await run("sync", "platform", [STAGING], "--json");
    expect(JSON.parse(out).objects).toContainEqual({
      kind: "client",
      name: GATE.name,
      action: "updated",
      fields: ["redirectUris"],
      added: [STAGING.uri],
      removed: [PROD.uri],
    });
  });

  it("shows what somebody wrote there without letting a terminal obey it", async () => {
    await start();
    await run("sync", "platform", ALL);
    casdoor.application(GATE.name).redirectUris = [...ALL.map(({ uri }) => uri), "https://x.example/\u001b[2J"];
    const { out } = await run("sync", "platform", ALL);
    expect(out).toContain("https://x.example/?[2J");
    expect(out).not.toContain("\u001b");
  });

  it("changes nothing for another order", async () => {
    await start();
    await run("sync", "platform", ALL);
    casdoor.application(GATE.name).redirectUris = ALL.map(({ uri }) => uri).reverse();
    expect((await run("sync", "platform", ALL, "--dry-run")).code).toBe(0);
  });
});

describe("the sync of an environment", () => {
  it("adds its redirect URIs to the client that is there, and touches nothing else of it", async () => {
    await start();
    await run("sync", "platform", [HEADLAMP, PROD]);
    Object.assign(casdoor.application(GATE.name), { enableSignUp: true, displayName: "By hand", formCss: ".x {}" });
    const before = structuredClone(casdoor.application(GATE.name));
    const { code, out } = await run("sync", "environment", [STAGING]);
    expect(code).toBe(0);
    expect(out).toMatch(/redirects +gate-platform-main +staging +updated +redirectUris/);
    expect(out).toContain(`Redirect URIs that came to client gate-platform-main:\n  ${STAGING.uri}`);
    const right = [HEADLAMP.uri, PROD.uri, STAGING.uri];
    expect(casdoor.application(GATE.name)).toEqual({ ...before, redirectUris: right });
    expect((await run("sync", "environment", [STAGING], "--dry-run")).code).toBe(0);
  });

  it("asks for the secret of no client that it does not keep", async () => {
    await start();
    await run("sync", "platform", []);
    vault.requests.splice(0);
    await run("sync", "environment", [STAGING]);
    expect(vault.requests.filter((line) => line.includes(GATE.secret.path))).toEqual([]);
  });

  it("does the same with --environment on a build of everything", async () => {
    await start();
    await run("sync", "platform", []);
    expect((await run("sync", "platform", ALL, "--environment", "staging")).code).toBe(0);
    expect(uris()).toEqual([STAGING.uri]);
    expect(casdoor.application("grafana").description).toContain("environment staging");
  });

  it("takes nothing away, not even from a client of its own: the rest may be declared elsewhere", async () => {
    await start();
    const own = { ...GATE, environment: "prod" };
    const dir = (redirects: readonly WrittenRedirect[]) =>
      writeIdentity([own], [PROVIDER], [], { complete: false, redirects });
    const sync = (redirects: readonly WrittenRedirect[]) =>
      identity(wordsOf("sync", dir(redirects), casdoor), { env: vault.env });
    expect((await sync([PROD])).code).toBe(0);
    expect((await sync([redirectOf("grafana-prod", "prod")])).code).toBe(0);
    expect(uris()).toEqual([PROD.uri, uriOf("grafana-prod")]);
  });

  it("takes away what is gone from a client of its own when the build holds everything", async () => {
    await start();
    const own = { ...GATE, environment: "prod" };
    const sync = (redirects: readonly WrittenRedirect[]) => {
      const dir = writeIdentity([own], [PROVIDER], [], { redirects });
      return identity(wordsOf("sync", dir, casdoor, ["--environment", "prod"]), { env: vault.env });
    };
    await sync([PROD, HEADLAMP]);
    expect(uris()).toEqual([HEADLAMP.uri, PROD.uri].sort().reverse());
    await sync([HEADLAMP]);
    expect(uris()).toEqual([HEADLAMP.uri]);
  });

  test.each<[string, readonly string[]]>([
    ["for real", []],
    ["in a dry run", ["--dry-run"]],
  ])("says that the platform comes first when the client is missing, %s", async (_, args) => {
    await start();
    const { code, err } = await run("sync", "environment", [STAGING], ...args);
    expect(code).toBe(1);
    expect(err).toContain("client gate-platform-main is not there yet, and only the platform's own sync makes it");
    expect(err).toContain("Run `strata identity sync` on a build of the whole platform first");
    expect(casdoor.tables.application.has(`admin/${GATE.name}`)).toBe(false);
  });

  it("adds nothing to a client that this command has not made", async () => {
    await start();
    casdoor.put("application", { owner: "admin", name: GATE.name, clientId: GATE.name, redirectUris: ["https://a/"] });
    const { code, err } = await run("sync", "environment", [STAGING]);
    expect(code).toBe(1);
    expect(err).toContain("redirects of client gate-platform-main: is there and was not made by this command");
    expect(uris()).toEqual(["https://a/"]);
  });

  it("is refused when the list is longer than Casdoor keeps", async () => {
    await start();
    await run("sync", "platform", []);
    const many = Array.from({ length: 20 }, (_, index) => redirectOf(`openpanel-of-somebody-${index}`, "staging"));
    const { code, err } = await run("sync", "environment", many);
    expect(code).toBe(1);
    expect(err).toMatch(/redirectUris has \d+ characters, and Casdoor keeps 1000/);
    expect(uris()).toEqual([]);
  });
});

describe("strata identity status", () => {
  it("shows redirect URIs that are missing and those that nobody declares", async () => {
    await start();
    await run("sync", "platform", [HEADLAMP, PROD]);
    const { code, out } = await run("status", "platform", [HEADLAMP, STAGING]);
    expect(code).toBe(2);
    expect(out).toMatch(/client +gate-platform-main +- +different: redirectUris/);
    expect(out).toContain(`Redirect URIs that client gate-platform-main lacks:\n  ${STAGING.uri}`);
    expect(out).toContain(`Redirect URIs of client gate-platform-main that nobody declares:\n  ${PROD.uri}`);
    const json = await run("status", "platform", [HEADLAMP, STAGING], "--json");
    const client = JSON.parse(json.out).objects.find(({ name }: { name: string }) => name === GATE.name);
    expect(client).toMatchObject({ missing: [STAGING.uri], stale: [PROD.uri] });
  });

  it("of an environment shows what it lacks, and calls nothing of others stale", async () => {
    await start();
    expect((await run("status", "environment", [STAGING])).out).toMatch(
      /redirects +gate-platform-main +staging +missing: comes with the platform/,
    );
    await run("sync", "platform", [PROD]);
    const { code, out } = await run("status", "environment", [STAGING]);
    expect(code).toBe(2);
    expect(out).toContain(`lacks:\n  ${STAGING.uri}`);
    expect(out).not.toContain(PROD.uri);
    await run("sync", "environment", [STAGING]);
    const right = await run("status", "environment", [STAGING]);
    expect(right.code).toBe(0);
    expect(right.out).not.toContain(
      "that this build does not declare (kept; a build of a part holds a part of them):\n  gate",
    );
  });
});

describe("two environments at once", () => {
  it("lose nothing when both have read before either writes", async () => {
    await start();
    await run("sync", "platform", [HEADLAMP]);
    let waiting: (() => void)[] = [];
    casdoor.onRequest = (line) => {
      if (!line.startsWith("POST update-application") || casdoor.writes.length > 2) return;
      return new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length < 2) return;
        for (const go of waiting) go();
        waiting = [];
      });
    };
    casdoor.requests.splice(0);
    const outcomes = await Promise.all(
      [STAGING, PROD].map((each) => identity(words("sync", "environment", [each]), { env: vault.env }, PATIENT)),
    );
    expect(outcomes.map(({ code, err }) => [code, err])).toEqual([
      [0, expect.stringContaining("1 updated")],
      [0, expect.stringContaining("1 updated")],
    ]);
    expect(new Set(uris() as string[])).toEqual(new Set(ALL.map(({ uri }) => uri)));
    // The second write took back what the first one wrote, which its owner saw and wrote again.
    expect(casdoor.writes.length).toBeGreaterThan(2);
  });

  it("lose nothing when the second write comes after the first writer has looked whether his is there", async () => {
    await start();
    await run("sync", "platform", [HEADLAMP]);
    const read = gate();
    const looked = gate();
    let posts = 0;
    let stored = 0;
    const overwritten = gate();
    casdoor.onWrite = () => {
      stored += 1;
      if (stored === 2) overwritten.open();
    };
    casdoor.onRequest = async (line) => {
      if (!line.startsWith("POST update-application")) return;
      posts += 1;
      const place = posts;
      if (place === 1) await read.opened;
      if (place !== 2) return;
      read.open();
      await looked.opened;
    };
    // The second write happens while the first writer, who has seen his own there, waits for others.
    const sleep = (milliseconds: number) => {
      if (milliseconds < 2000) return pause(1);
      looked.open();
      return overwritten.opened;
    };
    const outcomes = await Promise.all(
      [STAGING, PROD].map((each) =>
        identity(words("sync", "environment", [each]), { env: vault.env }, { retry: { ...DEFAULT_RETRY, sleep } }),
      ),
    );
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    expect(new Set(uris() as string[])).toEqual(new Set(ALL.map(({ uri }) => uri)));
    expect(stored).toBeGreaterThan(2);
  });

  it("see each other's change between reading and writing", async () => {
    await start();
    await run("sync", "platform", []);
    let left = 2;
    casdoor.onRequest = (line) => {
      // After the comparison was read and before it is read once more.
      if (line === `GET get-application admin/${GATE.name}` && --left === 0) {
        casdoor.application(GATE.name).redirectUris = [PROD.uri];
      }
    };
    expect((await run("sync", "environment", [STAGING])).code).toBe(0);
    expect(uris()).toEqual([PROD.uri, STAGING.uri]);
  });

  const RUNS = Number(process.env.STRATA_FAULT_RUNS ?? 20);
  const FAULTS: readonly Fault[] = ["refuse", "drop", "slow", "late", 429, 500, 503, "database"];
  const seeds = Array.from({ length: RUNS }, (_, seed) => seed + 1);

  it.each(seeds)("lose nothing when requests fail at random (seed %i)", async (seed) => {
    const random = seeded(seed);
    const severity = random() * 0.5;
    let failing = false;
    const fault = () => (failing && random() < severity ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined);
    await start({ fault, delay: 10 });
    await run("sync", "platform", [HEADLAMP]);
    const before = structuredClone(casdoor.application(GATE.name));
    failing = true;
    const both = [STAGING, PROD];
    await Promise.all(
      both.map(async (each) => {
        for (let attempt = 1; attempt <= 8; attempt++) {
          if (attempt === 8) failing = false;
          const { code } = await identity(words("sync", "environment", [each]), { env: vault.env }, PATIENT);
          expect(uris()).toContain(HEADLAMP.uri);
          if (code === 0) return;
        }
        throw new Error("a sync without a fault did not get through");
      }),
    );
    await casdoor.idle();
    const { redirectUris, ...rest } = casdoor.application(GATE.name);
    expect(new Set(redirectUris as string[])).toEqual(new Set(ALL.map(({ uri }) => uri)));
    expect({ ...rest, redirectUris: [HEADLAMP.uri] }).toEqual(before);
  });
});

/** What waits until it is opened. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}
