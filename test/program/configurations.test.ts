import fc from "fast-check";
import type { Environment } from "../../schema/model";
import { configuration, loadGenerated } from "../helpers/configurations";
import { synthesize } from "../helpers/examples";

/** The same configurations in every run; a failure prints the one that failed, made as small as possible. */
const SEED = 20260714;

test("every valid configuration synthesizes and keeps the rules of the whole program", () => {
  fc.assert(
    fc.property(configuration, (files) => {
      const platform = loadGenerated(files);
      const { context, stacks } = synthesize(platform);
      const { zones, networks, clusters, environments } = platform;
      expect(stacks).toHaveLength(
        // Each environment with backups has a store for them, and so has the central cluster.
        zones.length + networks.length + 4 * clusters.length + 2 * environments.length + 1 + backedUp(environments),
      );
      const gated = context.routes.flatMap(({ routes }) => routes).filter((route) => route.class === "gated");
      const apps = environments.filter((environment) => environment.apps.openpanel !== undefined);
      expect(gated.length >= apps.length).toBe(true);
    }),
    { seed: SEED, numRuns: 15 },
  );
});

const backedUp = (environments: readonly Environment[]) =>
  environments.filter(({ backups }) => backups !== false).length;

test("in any of them an environment is built alone with the same bytes", () => {
  fc.assert(
    fc.property(configuration, (files) => {
      const platform = loadGenerated(files);
      const whole = synthesize(platform).files;
      const name = platform.environments[0]?.name ?? "";
      const alone = synthesize(platform, { only: `l3-data-${name},l4-apps-${name}` }).files;
      for (const [id, text] of Object.entries(alone)) expect(text).toBe(whole[id]);
    }),
    { seed: SEED + 1, numRuns: 8 },
  );
});
