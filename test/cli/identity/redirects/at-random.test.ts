import type { Fault } from "../support/fake-casdoor";
import { GATE, identity, seeded } from "../support/program";
import { ALL, HEADLAMP, PATIENT, PROD, STAGING, World } from "./support/world";

jest.setTimeout(60_000);

const world = new World();
afterEach(() => world.stop());

describe("two environments at once", () => {
  const RUNS = Number(process.env.STRATA_FAULT_RUNS ?? 20);
  const FAULTS: readonly Fault[] = ["refuse", "drop", "slow", "late", 429, 500, 503, "database"];
  const seeds = Array.from({ length: RUNS }, (_, seed) => seed + 1);

  it.each(seeds)("lose nothing when requests fail at random (seed %i)", async (seed) => {
    const random = seeded(seed);
    const severity = random() * 0.5;
    let failing = false;
    const fault = () => (failing && random() < severity ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined);
    await world.start({ fault, delay: 10 });
    await world.run("sync", "platform", [HEADLAMP]);
    const before = structuredClone(world.casdoor.application(GATE.name));
    failing = true;
    const both = [STAGING, PROD];
    await Promise.all(
      both.map(async (each) => {
        for (let attempt = 1; attempt <= 8; attempt++) {
          if (attempt === 8) failing = false;
          const { code } = await identity(
            world.words("sync", "environment", [each]),
            { env: world.vault.env },
            PATIENT,
          );
          expect(world.uris()).toContain(HEADLAMP.uri);
          if (code === 0) return;
        }
        throw new Error("a sync without a fault did not get through");
      }),
    );
    await world.casdoor.idle();
    const { redirectUris, ...rest } = world.casdoor.application(GATE.name);
    expect(new Set(redirectUris as string[])).toEqual(new Set(ALL.map(({ uri }) => uri)));
    expect({ ...rest, redirectUris: [HEADLAMP.uri] }).toEqual(before);
  });
});
