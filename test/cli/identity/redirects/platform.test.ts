import { GATE } from "../support/program";
import { ALL, HEADLAMP, PROD, STAGING, World } from "./support/world";

jest.setTimeout(60_000);

const world = new World();
afterEach(() => world.stop());

describe("the sync of the whole platform", () => {
  it("gives a shared client its own redirect URIs and those that others declare", async () => {
    await world.start();
    const { code, out } = await world.run("sync", "platform", ALL);
    expect(code).toBe(0);
    expect(world.uris()).toEqual(ALL.map(({ uri }) => uri));
    expect(out).toMatch(/client +gate-platform-main +- +created/);
    expect((await world.run("sync", "platform", ALL, "--dry-run")).code).toBe(0);
  });

  it("takes away what nobody declares any more, and names it", async () => {
    await world.start();
    await world.run("sync", "platform", ALL);
    const dry = await world.run("sync", "platform", [HEADLAMP, PROD], "--dry-run");
    expect(dry.code).toBe(2);
    expect(dry.out).toContain(`Redirect URIs that would go from client gate-platform-main`);
    expect(world.uris()).toHaveLength(3);
    const { code, out } = await world.run("sync", "platform", [HEADLAMP, PROD]);
    expect(code).toBe(0);
    expect(out).toContain(
      `Redirect URIs that are gone from client gate-platform-main, because nobody declares them:\n  ${STAGING.uri}`,
    );
    expect(world.uris()).toEqual([HEADLAMP.uri, PROD.uri]);
  });

  it("says in JSON what came and what went", async () => {
    await world.start();
    await world.run("sync", "platform", [PROD]);
    const { out } = await world.run("sync", "platform", [STAGING], "--json");
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
    await world.start();
    await world.run("sync", "platform", ALL);
    world.casdoor.application(GATE.name).redirectUris = [...ALL.map(({ uri }) => uri), "https://x.example/\u001b[2J"];
    const { out } = await world.run("sync", "platform", ALL);
    expect(out).toContain("https://x.example/?[2J");
    expect(out).not.toContain("\u001b");
  });

  it("changes nothing for another order", async () => {
    await world.start();
    await world.run("sync", "platform", ALL);
    world.casdoor.application(GATE.name).redirectUris = ALL.map(({ uri }) => uri).reverse();
    expect((await world.run("sync", "platform", ALL, "--dry-run")).code).toBe(0);
  });
});
