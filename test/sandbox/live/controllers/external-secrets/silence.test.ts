import { SECRETS } from "../../../../../sandbox/live/controllers/api/core";
import { EXTERNAL_SECRETS, SECRET_STORES } from "../../../../../sandbox/live/controllers/external-secrets/objects";
import { eventually } from "../support/view";
import { worldOfTests } from "./support/world";

const world = worldOfTests();

test("no value, no token and no login is in what is said, told or written to a status", async () => {
  world.vault.revocable = false;
  world.makeStore();
  world.makeSecret("login");
  world.makeSecret("broken", { target: { template: { data: { A: "{{ .password }}{{ .missing }}" } } } });
  world.bench.api.put(SECRETS, { metadata: { name: "typed", namespace: "team" }, type: "kubernetes.io/tls" });
  world.makeSecret("typed");
  await world.becomesReady("login");
  await eventually(() =>
    expect([world.ready("broken")?.status, world.ready("typed")?.status]).toEqual(["False", "False"]),
  );
  const told = JSON.stringify([
    world.bench.said,
    world.bench.problems,
    world.bench.api.all(EXTERNAL_SECRETS),
    world.bench.api.all(SECRET_STORES),
  ]);
  for (const hidden of ["s3cr3t-value", "hvs.", "jwt-of"]) expect(told).not.toContain(hidden);
});
