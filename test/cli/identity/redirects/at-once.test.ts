import { setTimeout as pause } from "node:timers/promises";
import { DEFAULT_RETRY } from "../../../../cli/retry";
import { GATE, identity } from "../support/program";
import { ALL, HEADLAMP, PATIENT, PROD, STAGING, World } from "./support/world";

jest.setTimeout(60_000);

const world = new World();
afterEach(() => world.stop());

describe("two environments at once", () => {
  it("lose nothing when both have read before either writes", async () => {
    await world.start();
    await world.run("sync", "platform", [HEADLAMP]);
    let waiting: (() => void)[] = [];
    world.casdoor.onRequest = (line) => {
      if (!line.startsWith("POST update-application") || world.casdoor.writes.length > 2) return;
      return new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length < 2) return;
        for (const go of waiting) go();
        waiting = [];
      });
    };
    world.casdoor.requests.splice(0);
    const outcomes = await Promise.all(
      [STAGING, PROD].map((each) =>
        identity(world.words("sync", "environment", [each]), { env: world.vault.env }, PATIENT),
      ),
    );
    expect(outcomes.map(({ code, err }) => [code, err])).toEqual([
      [0, expect.stringContaining("1 updated")],
      [0, expect.stringContaining("1 updated")],
    ]);
    expect(new Set(world.uris() as string[])).toEqual(new Set(ALL.map(({ uri }) => uri)));
    // The second write took back what the first one wrote, which its owner saw and wrote again.
    expect(world.casdoor.writes.length).toBeGreaterThan(2);
  });

  it("lose nothing when the second write comes after the first writer has looked whether his is there", async () => {
    await world.start();
    await world.run("sync", "platform", [HEADLAMP]);
    const read = gate();
    const looked = gate();
    let posts = 0;
    let stored = 0;
    const overwritten = gate();
    world.casdoor.onWrite = () => {
      stored += 1;
      if (stored === 2) overwritten.open();
    };
    world.casdoor.onRequest = async (line) => {
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
        identity(
          world.words("sync", "environment", [each]),
          { env: world.vault.env },
          { retry: { ...DEFAULT_RETRY, sleep } },
        ),
      ),
    );
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    expect(new Set(world.uris() as string[])).toEqual(new Set(ALL.map(({ uri }) => uri)));
    expect(stored).toBeGreaterThan(2);
  });

  it("see each other's change between reading and writing", async () => {
    await world.start();
    await world.run("sync", "platform", []);
    let left = 2;
    world.casdoor.onRequest = (line) => {
      // After the comparison was read and before it is read once more.
      if (line === `GET get-application admin/${GATE.name}` && --left === 0) {
        world.casdoor.application(GATE.name).redirectUris = [PROD.uri];
      }
    };
    expect((await world.run("sync", "environment", [STAGING])).code).toBe(0);
    expect(world.uris()).toEqual([PROD.uri, STAGING.uri]);
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
