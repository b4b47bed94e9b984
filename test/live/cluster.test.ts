import { existsSync } from "node:fs";
import path from "node:path";
import { isAlive } from "./cluster-support";
import { accessTests } from "./support/cluster/access";
import { equipmentTests } from "./support/cluster/equipment";
import { poolTests } from "./support/cluster/pools";
import { serviceAccountTests } from "./support/cluster/service-accounts";
import { PROD, TwoClusters } from "./support/cluster/two-clusters";
import { workloadTests } from "./support/cluster/workloads";

jest.setTimeout(120_000);

describe("two clusters at once", () => {
  const world = new TwoClusters();

  beforeAll(() => world.start());
  afterAll(() => world.stop());

  accessTests(world);
  equipmentTests(world);
  workloadTests(world);
  serviceAccountTests(world);
  poolTests(world);

  test("each takes at most 600 MB with all of this in it", () => {
    const { clusters } = world;
    for (const { id } of clusters.running()) {
      const memory = clusters.memoryMb(id);
      expect(memory).toBeGreaterThan(100);
      expect(memory).toBeLessThanOrEqual(600);
    }
  });

  test("a cluster that is deleted leaves no folder and no process, and the other one goes on", async () => {
    const { platform, clusters, folder } = world;
    const pids = clusters.pids(PROD.id);
    expect(pids).toHaveLength(5);
    await clusters.delete(PROD.id);
    expect(existsSync(path.join(folder, PROD.id))).toBe(false);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(clusters.running().map(({ label }) => label)).toEqual(["platform"]);
    await clusters.delete(PROD.id);
    await platform.core.listNode();
  });
});
