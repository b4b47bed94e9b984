import type { ProgramName } from "../../../../../sandbox/clusters/embedded";
import { Servers } from "../../../../../sandbox/live/servers";
import { clientsOf, eventually, openClusters, poolSpec, temporaryFolder } from "../../../cluster-support";
import { deploy, deployAndWait, makeNamespace, nodesOfPods } from "../deployments";
import { REPLICAS, SPEC } from "./opened";

/** Every program of a cluster, killed and started again. */
export function killedTests(): void {
  describe("a cluster in which a server was killed", () => {
    const folder = temporaryFolder();
    const servers = new Servers();
    const clusters = openClusters({ folder, servers });

    beforeAll(async () => {
      await clusters.create(SPEC);
      await clusters.setPool(SPEC.id, poolSpec("general", 2));
      await makeNamespace(clientsOf(clusters, SPEC.id), "work");
    });
    afterAll(async () => {
      await clusters.stop();
      await servers.stop();
    });

    test.each<ProgramName>(["kube-apiserver", "etcd", "kube-controller-manager", "kube-scheduler", "kwok"])(
      "%s works on after it is started again, with nothing lost and nothing twice",
      async (program) => {
        const clients = clientsOf(clusters, SPEC.id);
        await deployAndWait(clients, "work", `before-${program}`, REPLICAS);
        const survivors = clusters.pids(SPEC.id).length;
        await clusters.kill(SPEC.id, program);
        expect(clusters.pids(SPEC.id)).toHaveLength(survivors - 1);
        await clusters.restart(SPEC.id);
        expect(clusters.pids(SPEC.id)).toHaveLength(survivors);
        expect(await nodesOfPods(clients.core, "work", `before-${program}`)).toHaveLength(2);
        await deployAndWait(clients, "work", `after-${program}`, REPLICAS);
      },
    );

    test("the API server, in the middle of many changes, ends where the changes lead", async () => {
      const clients = clientsOf(clusters, SPEC.id);
      const { apps, core } = clients;
      const names = Array.from({ length: 12 }, (_, index) => `many-${index}`);
      const create = (name: string) => deploy(clients, "work", name, REPLICAS);
      const created = Promise.allSettled(names.map(create));
      await eventually("the first ones are there", async () =>
        (await nodesOfPods(core, "work", "many-0").catch(() => [])).length > 0 ? true : undefined,
      );
      await clusters.kill(SPEC.id, "kube-apiserver");
      await created;
      await clusters.restart(SPEC.id);
      for (const name of names) {
        await create(name).catch((error: { code?: number }) => {
          if (error.code !== 409) throw error;
        });
      }
      await eventually("all are ready", async () => {
        const { items } = await apps.listNamespacedDeployment({ namespace: "work" });
        const many = items.filter(({ metadata }) => metadata?.name?.startsWith("many-"));
        return many.every(({ status }) => status?.readyReplicas === 2) ? true : undefined;
      });
      for (const name of names) expect(await nodesOfPods(core, "work", name)).toHaveLength(2);
    });
  });
}
