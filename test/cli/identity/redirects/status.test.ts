import { GATE } from "../support/program";
import { HEADLAMP, PROD, STAGING, World } from "./support/world";

jest.setTimeout(60_000);

const world = new World();
afterEach(() => world.stop());

describe("strata identity status", () => {
  it("shows redirect URIs that are missing and those that nobody declares", async () => {
    await world.start();
    await world.run("sync", "platform", [HEADLAMP, PROD]);
    const { code, out } = await world.run("status", "platform", [HEADLAMP, STAGING]);
    expect(code).toBe(2);
    expect(out).toMatch(/client +gate-platform-main +- +different: redirectUris/);
    expect(out).toContain(`Redirect URIs that client gate-platform-main lacks:\n  ${STAGING.uri}`);
    expect(out).toContain(`Redirect URIs of client gate-platform-main that nobody declares:\n  ${PROD.uri}`);
    const json = await world.run("status", "platform", [HEADLAMP, STAGING], "--json");
    const client = JSON.parse(json.out).objects.find(({ name }: { name: string }) => name === GATE.name);
    expect(client).toMatchObject({ missing: [STAGING.uri], stale: [PROD.uri] });
  });

  it("of an environment shows what it lacks, and calls nothing of others stale", async () => {
    await world.start();
    expect((await world.run("status", "environment", [STAGING])).out).toMatch(
      /redirects +gate-platform-main +staging +missing: comes with the platform/,
    );
    await world.run("sync", "platform", [PROD]);
    const { code, out } = await world.run("status", "environment", [STAGING]);
    expect(code).toBe(2);
    expect(out).toContain(`lacks:\n  ${STAGING.uri}`);
    expect(out).not.toContain(PROD.uri);
    await world.run("sync", "environment", [STAGING]);
    const right = await world.run("status", "environment", [STAGING]);
    expect(right.code).toBe(0);
    expect(right.out).not.toContain(
      "that this build does not declare (kept; a build of a part holds a part of them):\n  gate",
    );
  });
});
