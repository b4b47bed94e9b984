import {
  EXTERNAL_SECRETS,
  type ExternalSecret,
  PASSWORDS,
} from "../../../../../sandbox/live/controllers/external-secrets/objects";
import { eventually, settled } from "../support/view";
import { worldOfTests } from "./support/world";

const world = worldOfTests();

describe("a secret that is made up", () => {
  const rule = { length: 20, digits: 5, symbols: 0, noUpper: false, allowRepeat: true };
  const spec = (refreshPolicy?: "CreatedOnce"): Partial<ExternalSecret["spec"]> => ({
    refreshPolicy,
    secretStoreRef: undefined,
    target: { template: { data: { username: "operator", password: "{{ .password }}" } } },
    dataFrom: [
      {
        sourceRef: {
          generatorRef: { apiVersion: "generators.external-secrets.io/v1alpha1", kind: "Password", name: "rule" },
        },
      },
    ],
  });

  test.each([
    ["stays, if it is to be made once, whatever becomes of its ExternalSecret", "CreatedOnce"],
    ["is made anew when its ExternalSecret was changed", undefined],
  ] as const)("is made without Vault, and %s", async (_, policy) => {
    world.access = undefined;
    world.makeSecret("made", spec(policy));
    await world.fails("made", "the generator Password rule is not there");
    world.bench.api.put(PASSWORDS, { metadata: { name: "rule", namespace: "team" }, spec: rule });
    await world.becomesReady("made");
    const before = world.values("made");
    expect(before).toEqual({ username: "operator", password: expect.stringMatching(/^[A-Za-z0-9]{20}$/) });
    world.bench.api.put(EXTERNAL_SECRETS, {
      metadata: { name: "made", namespace: "team", labels: { touched: "yes" } },
    });
    await settled(world.bench);
    if (policy === "CreatedOnce") expect(world.values("made")).toEqual(before);
    else await eventually(() => expect(world.values("made").password).not.toBe(before.password));
  });
});
