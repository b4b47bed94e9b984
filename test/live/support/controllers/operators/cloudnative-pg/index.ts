import { becomes } from "../../objects";
import { core } from "../places";
import type { World } from "../world";
import { clusterTests } from "./cluster";
import { clusters, databases } from "./places";
import { recoveryTests } from "./recovery";

/** A PostgreSQL cluster from its first day to its last. */
export function cloudNativePgTests(world: World): void {
  describe("CloudNativePG", () => {
    clusterTests(world);
    recoveryTests(world);

    test("nothing of it is left when the cluster is deleted", async () => {
      await world.objects.remove(`${databases}/postgresql-openpanel`);
      await world.objects.remove(`${clusters}/postgresql`);
      await world.becomesEmpty();
      await becomes(
        async () => (await world.objects.names(`${core}/secrets`)).filter((name) => name.startsWith("postgresql-")),
        [],
      );
    });
  });
}
