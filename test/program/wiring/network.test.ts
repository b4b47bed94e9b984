import { inExamples } from "./support/example";
import { flows } from "./support/flows";
import { appPods, storePods } from "./support/pods";

inExamples(({ program, releases, admitted }) => {
  test("the network lets through what must work", () => {
    const blocked = flows(program, releases).filter(([cluster, from, to, port]) => !admitted(cluster, from, to, port));
    expect(flows(program, releases).length).toBeGreaterThan(20);
    expect(blocked).toEqual([]);
  });

  test("and not what must not: nothing but an environment's applications and operators reaches its stores", () => {
    const { environments } = program.context.platform;
    for (const { name, cluster } of environments) {
      const neighbours = environments.filter((each) => each.name !== name && each.cluster === cluster);
      const others = ["traefik", "gate-main", "cert-manager", ...neighbours.map((each) => `openpanel-${each.name}`)];
      for (const other of others) {
        const stores = { namespace: `data-${name}`, labels: "any" } as const;
        for (const port of [5432, 8123, 9000, 6379]) expect(admitted(cluster, other, stores, port)).toBe(false);
      }
      // The worker answers nobody, and the dashboard asks the API only.
      const [api, worker, dashboard, migration] = appPods(releases, cluster, name);
      for (const other of ["traefik", api, dashboard]) expect(admitted(cluster, other, worker, 3000)).toBe(false);
      for (const pod of [worker, migration]) expect(admitted(cluster, pod, api, 3000)).toBe(false);
      const own = { namespace: `data-${name}`, labels: "any" } as const;
      for (const port of [5432, 8123, 6379]) expect(admitted(cluster, dashboard, own, port)).toBe(false);
      for (const pod of [api, worker, dashboard, migration]) {
        for (const port of [80, 443, 587]) expect(admitted(cluster, pod, "internet", port)).toBe(false);
      }
      const { redis, clickhouse, clickhouseBackup, postgresql } = storePods(releases, cluster, `data-${name}`);
      // Each store answers at its own port only, and no other pod of the namespace answers an application.
      const elsewhere = [
        [redis, 5432],
        [postgresql, 8123],
        [clickhouse, 6379],
        [`data-${name}`, 5432],
      ] as const;
      for (const [pod, port] of elsewhere) expect(admitted(cluster, api, pod, port)).toBe(false);
      for (const pod of [redis, `data-${name}`]) expect(admitted(cluster, pod, "internet", 443)).toBe(false);
      expect(admitted(cluster, api, clickhouseBackup, 8123)).toBe(false);
      for (const pod of [api, dashboard]) expect(admitted(cluster, "internet", pod, 3000)).toBe(false);
    }
  });
});
