import type { WrittenRedirect } from "../../../../constructs/core/identity";
import { GATE, identity, PROVIDER, redirectOf, uriOf, wordsOf, writeIdentity } from "../support/program";
import { ALL, HEADLAMP, PROD, STAGING, World } from "./support/world";

jest.setTimeout(60_000);

const world = new World();
afterEach(() => world.stop());

describe("the sync of an environment", () => {
  it("adds its redirect URIs to the client that is there, and touches nothing else of it", async () => {
    await world.start();
    await world.run("sync", "platform", [HEADLAMP, PROD]);
    Object.assign(world.casdoor.application(GATE.name), {
      enableSignUp: true,
      displayName: "By hand",
      formCss: ".x {}",
    });
    const before = structuredClone(world.casdoor.application(GATE.name));
    const { code, out } = await world.run("sync", "environment", [STAGING]);
    expect(code).toBe(0);
    expect(out).toMatch(/redirects +gate-platform-main +staging +updated +redirectUris/);
    expect(out).toContain(`Redirect URIs that came to client gate-platform-main:\n  ${STAGING.uri}`);
    const right = [HEADLAMP.uri, PROD.uri, STAGING.uri];
    expect(world.casdoor.application(GATE.name)).toEqual({ ...before, redirectUris: right });
    expect((await world.run("sync", "environment", [STAGING], "--dry-run")).code).toBe(0);
  });

  it("asks for the secret of no client that it does not keep", async () => {
    await world.start();
    await world.run("sync", "platform", []);
    world.vault.requests.splice(0);
    await world.run("sync", "environment", [STAGING]);
    expect(world.vault.requests.filter((line) => line.includes(GATE.secret.path))).toEqual([]);
  });

  it("does the same with --environment on a build of everything", async () => {
    await world.start();
    await world.run("sync", "platform", []);
    expect((await world.run("sync", "platform", ALL, "--environment", "staging")).code).toBe(0);
    expect(world.uris()).toEqual([STAGING.uri]);
    expect(world.casdoor.application("grafana").description).toContain("environment staging");
  });

  it("takes nothing away, not even from a client of its own: the rest may be declared elsewhere", async () => {
    await world.start();
    const own = { ...GATE, environment: "prod" };
    const dir = (redirects: readonly WrittenRedirect[]) =>
      writeIdentity([own], [PROVIDER], [], { complete: false, redirects });
    const sync = (redirects: readonly WrittenRedirect[]) =>
      identity(wordsOf("sync", dir(redirects), world.casdoor), { env: world.vault.env });
    expect((await sync([PROD])).code).toBe(0);
    expect((await sync([redirectOf("grafana-prod", "prod")])).code).toBe(0);
    expect(world.uris()).toEqual([PROD.uri, uriOf("grafana-prod")]);
  });

  it("takes away what is gone from a client of its own when the build holds everything", async () => {
    await world.start();
    const own = { ...GATE, environment: "prod" };
    const sync = (redirects: readonly WrittenRedirect[]) => {
      const dir = writeIdentity([own], [PROVIDER], [], { redirects });
      return identity(wordsOf("sync", dir, world.casdoor, ["--environment", "prod"]), { env: world.vault.env });
    };
    await sync([PROD, HEADLAMP]);
    expect(world.uris()).toEqual([HEADLAMP.uri, PROD.uri].sort().reverse());
    await sync([HEADLAMP]);
    expect(world.uris()).toEqual([HEADLAMP.uri]);
  });

  test.each<[string, readonly string[]]>([
    ["for real", []],
    ["in a dry run", ["--dry-run"]],
  ])("says that the platform comes first when the client is missing, %s", async (_, args) => {
    await world.start();
    const { code, err } = await world.run("sync", "environment", [STAGING], ...args);
    expect(code).toBe(1);
    expect(err).toContain("client gate-platform-main is not there yet, and only the platform's own sync makes it");
    expect(err).toContain("Run `strata identity sync` on a build of the whole platform first");
    expect(world.casdoor.tables.application.has(`admin/${GATE.name}`)).toBe(false);
  });

  it("adds nothing to a client that this command has not made", async () => {
    await world.start();
    world.casdoor.put("application", {
      owner: "admin",
      name: GATE.name,
      clientId: GATE.name,
      redirectUris: ["https://a/"],
    });
    const { code, err } = await world.run("sync", "environment", [STAGING]);
    expect(code).toBe(1);
    expect(err).toContain("redirects of client gate-platform-main: is there and was not made by this command");
    expect(world.uris()).toEqual(["https://a/"]);
  });

  it("is refused when the list is longer than Casdoor keeps", async () => {
    await world.start();
    await world.run("sync", "platform", []);
    const many = Array.from({ length: 20 }, (_, index) => redirectOf(`openpanel-of-somebody-${index}`, "staging"));
    const { code, err } = await world.run("sync", "environment", many);
    expect(code).toBe(1);
    expect(err).toMatch(/redirectUris has \d+ characters, and Casdoor keeps 1000/);
    expect(world.uris()).toEqual([]);
  });
});
