import { SECRETS } from "../../../../../sandbox/live/controllers/api/core";
import { EXTERNAL_SECRETS } from "../../../../../sandbox/live/controllers/external-secrets/objects";
import { eventually, settled } from "../support/view";
import { worldOfTests } from "./support/world";

const world = worldOfTests();

describe("a secret", () => {
  test("is not written again while it is the same, and at once when it was taken away", async () => {
    world.makeStore();
    world.makeSecret("login");
    await world.becomesReady("login");
    await settled(world.bench);
    const writes = () => world.bench.api.changes.filter((change) => change === "APPLY secrets team/login").length;
    expect(writes()).toBe(1);
    world.bench.api.put(EXTERNAL_SECRETS, {
      metadata: { name: "login", namespace: "team", labels: { touched: "yes" } },
    });
    await settled(world.bench);
    expect(writes()).toBeLessThanOrEqual(2);
    world.bench.api.take(SECRETS, "login", "team");
    await eventually(() => expect(world.values("login").user).toBe("openpanel"));
  });

  test("is read again when its ExternalSecret is annotated, and its status tells that it was", async () => {
    world.makeStore();
    world.makeSecret("login", { target: { template: { metadata: { labels: { "cnpg.io/reload": "true" } } } } });
    await world.becomesReady("login");
    const synced = () => world.bench.api.read(EXTERNAL_SECRETS, "login", "team")?.status?.syncedResourceVersion;
    const first = synced();
    expect(first).toMatch(/^\d+-[0-9a-f]{56}$/);
    world.vault.secrets.set("staging/app", { user: "openpanel", password: "another", port: 5432 });
    await world.bench.api.patch(
      EXTERNAL_SECRETS,
      { name: "login", namespace: "team" },
      { metadata: { annotations: { "force-sync": "1" } } },
    );
    await eventually(() => expect(synced()).not.toBe(first));
    expect(world.values("login").password).toBe("another");
    expect(world.secret("login")?.metadata.labels).toMatchObject({ "cnpg.io/reload": "true" });
    expect(world.secret("login")?.metadata.annotations?.["force-sync"]).toBeUndefined();
  });

  test.each([
    ["made once", { refreshPolicy: "CreatedOnce" }],
    ["never refreshed", { refreshInterval: "0" }],
  ] as const)("that is %s stays although its ExternalSecret is annotated", async (_, spec) => {
    world.makeStore();
    world.makeSecret("login", spec);
    await world.becomesReady("login");
    world.vault.secrets.set("staging/app", { user: "another" });
    const annotations = { "force-sync": "1" };
    await world.bench.api.patch(EXTERNAL_SECRETS, { name: "login", namespace: "team" }, { metadata: { annotations } });
    await settled(world.bench);
    expect(world.values("login").user).toBe("openpanel");
  });
});
