import { custom } from "../manifests";
import { becomes } from "../objects";
import { CLICKHOUSE, collectionOf, core } from "./places";
import type { World } from "./world";

const installations = collectionOf(CLICKHOUSE, "clickhouseinstallations");
const users = { "openpanel/password_sha256_hex": { valueFrom: { secretKeyRef: { name: "users", key: "hash" } } } };

/** A ClickHouse installation, from its first day to its last. */
export function clickHouseTests(world: World): void {
  describe("ClickHouse", () => {
    test("an installation is completed when its server is up, which waits for the users' secret", async () => {
      await world.objects.make(
        installations,
        custom(CLICKHOUSE, "ClickHouseInstallation", "clickhouse", {
          defaults: { templates: { dataVolumeClaimTemplate: "data", serviceTemplate: "service" } },
          configuration: { users, clusters: [{ name: "main", layout: { shardsCount: 1, replicasCount: 1 } }] },
          templates: {
            volumeClaimTemplates: [
              {
                name: "data",
                reclaimPolicy: "Delete",
                spec: {
                  accessModes: ["ReadWriteOnce"],
                  storageClassName: "vultr-block-storage",
                  resources: { requests: { storage: "30Gi" } },
                },
              },
            ],
            serviceTemplates: [
              { name: "service", generateName: "op-ch", spec: { ports: [{ name: "http", port: 8123 }] } },
            ],
          },
        }),
      );
      await becomes(
        async () => world.playground.failures,
        ['pod data-staging/chi-clickhouse-main-0-0-0: waits, secret "users" not found'],
      );
      expect(await world.objects.value(`${installations}/clickhouse`, "status.status")).toBe("InProgress");
      const data = { hash: "YWJj" };
      await world.objects.make(`${core}/secrets`, {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "users" },
        data,
      });
      await becomes(() => world.objects.value(`${installations}/clickhouse`, "status.status"), "Completed");
      expect(await world.objects.names(`${core}/services`)).toEqual(["chi-clickhouse-main-0-0", "op-ch"]);
      const claim = `${core}/persistentvolumeclaims/data-chi-clickhouse-main-0-0-0`;
      await becomes(() => world.objects.value(claim, "status.phase"), "Bound");
    });

    test("nothing of it is left when it is deleted, its volume neither", async () => {
      await world.objects.remove(`${installations}/clickhouse`);
      await world.becomesEmpty();
    });
  });
}
