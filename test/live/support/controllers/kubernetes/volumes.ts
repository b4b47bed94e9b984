import { claim, podSpec } from "../manifests";
import { becomes } from "../objects";
import type { Playground } from "../playground";
import { core } from "./team";

/** Claims and their volumes. */
export function volumeTests(playground: Playground): void {
  describe("volumes", () => {
    const phase = (name: string) => playground.objects.value(`${core}/persistentvolumeclaims/${name}`, "status.phase");
    const volumeOf = async (name: string) =>
      `/api/v1/persistentvolumes/${await playground.objects.value(`${core}/persistentvolumeclaims/${name}`, "spec.volumeName")}`;

    test("a claim gets a volume of Vultr's driver, and a bigger one when it asks", async () => {
      await playground.objects.make(`${core}/persistentvolumeclaims`, claim("data", "vultr-block-storage"));
      await becomes(() => phase("data"), "Bound");
      const volume = await volumeOf("data");
      expect(await playground.objects.find(volume)).toMatchObject({
        spec: {
          capacity: { storage: "10Gi" },
          persistentVolumeReclaimPolicy: "Delete",
          csi: { driver: "block.csi.vultr.com", volumeHandle: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        },
      });
      await playground.objects.change(`${core}/persistentvolumeclaims/data`, {
        spec: { resources: { requests: { storage: "20Gi" } } },
      });
      await becomes(
        () => playground.objects.value(`${core}/persistentvolumeclaims/data`, "status.capacity.storage"),
        "20Gi",
      );
      expect(await playground.objects.value(volume, "spec.capacity.storage")).toBe("20Gi");
    });

    test("a volume goes with its claim, and stays where the class retains it", async () => {
      await playground.objects.make(`${core}/persistentvolumeclaims`, claim("kept", "vultr-block-storage-retain"));
      await becomes(() => phase("kept"), "Bound");
      const [deleted, retained] = [await volumeOf("data"), await volumeOf("kept")];
      await playground.objects.remove(`${core}/persistentvolumeclaims/data`);
      await playground.objects.remove(`${core}/persistentvolumeclaims/kept`);
      await becomes(() => playground.objects.find(deleted), undefined);
      await becomes(() => playground.objects.value(retained, "status.phase"), "Released");
      await playground.objects.remove(retained);
      await becomes(() => playground.objects.find(retained), undefined);
    });

    test("a claim of a class that waits for its first pod is not served before", async () => {
      await playground.objects.make("/apis/storage.k8s.io/v1/storageclasses", {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: { name: "waiting" },
        provisioner: "block.csi.vultr.com",
        volumeBindingMode: "WaitForFirstConsumer",
      });
      await playground.objects.make(`${core}/persistentvolumeclaims`, claim("late", "waiting"));
      await playground.objects.make(`${core}/persistentvolumeclaims`, claim("marker", "vultr-block-storage"));
      await becomes(() => phase("marker"), "Bound");
      expect(await phase("late")).toBe("Pending");
      const volumes = [{ name: "late", persistentVolumeClaim: { claimName: "late" } }];
      await playground.objects.make(`${core}/pods`, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "first" },
        spec: podSpec({}, { volumes }),
      });
      await becomes(() => phase("late"), "Bound");
      await becomes(() => playground.objects.condition(`${core}/pods/first`), expect.stringMatching(/^True/));
    });
  });
}
