import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { ClusterLook } from "../cluster-look";
import type { LivePlatform } from "../platform";
import { LiveCanary } from ".";

const NOTHING = { leaks: [], idle: [] };

/**
 * The suite `canary` on a platform that other tests deploy, so that one deployment serves both. Run alone, it deploys and
 * destroys the platform itself. Everything that processes are started with is looked at from here on.
 *
 * @returns what declares the last part, which has to stand behind the tests that destroy the platform
 */
export function canarySuite(platform: LivePlatform): { readonly destroyed: () => void } {
  const canary = new LiveCanary(platform);

  describe("canary", () => {
    test("after deploying and planning again, every secret is at its listed places only", async () => {
      if (!platform.isUp) canary.keep("report of the deployment", await platform.deploy());
      for (const { connection } of canary.clusters()) await new ClusterLook(connection).untilSettled();
      await canary.learn();
      expect(canary.unknown()).toEqual([]);
      await canary.plan();
      expect(await canary.judge()).toEqual(NOTHING);
    });

    test("after rotating every path, neither the old nor the new values are anywhere else", async () => {
      expect((await canary.rotate()).length).toBeGreaterThan(5);
      await canary.learn();
      canary.keep("report of the next deployment", await platform.deploy());
      await canary.learn();
      await canary.plan();
      expect(await canary.judge()).toEqual(NOTHING);
    });

    test("what is planted in a log, a plan, an archive and a cluster is found, and nothing else", async () => {
      const { id, value } = canary.sample();
      const planted = path.join(canary.folder, "planted");
      const base64 = Buffer.from(`x${value}`).toString("base64");
      const release = gzipSync(JSON.stringify({ config: { password: value } })).toString("base64");
      const changes = { resource_changes: [{ address: "helm_release.planted", change: { after: [value] } }] };
      mkdirSync(planted);
      writeFileSync(path.join(planted, "provider.log"), `applying ${base64}`);
      writeFileSync(path.join(planted, "plan.json"), JSON.stringify(changes));
      writeFileSync(path.join(planted, "values.yaml.gz"), gzipSync(`password: ${value}`));
      const { core } = new ClusterLook(canary.clusters()[0].connection);
      const [namespace, name] = ["default", "planted"];
      await core.createNamespacedConfigMap({ namespace, body: { metadata: { name }, data: { release } } });
      try {
        const { leaks, idle } = await canary.judge();
        const places = leaks.map((leak) => leak.replace(/ at byte \d+$/, "").replace(/base64 at \d+/, "base64"));
        expect(places.sort()).toEqual([
          `${id} (base64) in planted/provider.log`,
          expect.stringMatching(/\(plain\) in cluster \S+: ConfigMap default\/planted!base64#config\.password$/),
          `${id} (plain) in planted/plan.json#helm_release.planted`,
          `${id} (plain) in planted/values.yaml.gz!gzip`,
        ]);
        expect(idle).toEqual([]);
        expect(JSON.stringify(leaks)).not.toContain(value);
      } finally {
        await core.deleteNamespacedConfigMap({ namespace, name });
        rmSync(planted, { recursive: true });
      }
    });
  });

  return {
    destroyed: () =>
      describe("canary", () => {
        afterAll(() => canary.stop());

        test("after everything was destroyed, no secret is left", async () => {
          if (existsSync(platform.paths.state)) canary.keep("report of the end", await platform.destroy());
          expect(await canary.judgeDestroyed()).toEqual([]);
        });
      }),
  };
}
