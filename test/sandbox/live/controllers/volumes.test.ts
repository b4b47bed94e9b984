import { CLAIMS, STORAGE_CLASSES, VOLUMES, volumes } from "../../../../sandbox/live/controllers/volumes";
import { bytes } from "../../../../sandbox/live/controllers/volumes/quantity";
import { Bench, eventually, settled } from "./support/view";

const DRIVER = "block.csi.vultr.com";
const ASKED = { "volume.kubernetes.io/storage-provisioner": DRIVER };

test.each([
  ["10Gi", 10n * 1024n ** 3n],
  ["1.5G", 1_500_000_000n],
  ["512", 512n],
  ["2Ti", 2n * 1024n ** 4n],
  ["nonsense", 0n],
])("%s of storage is %d bytes", (quantity, expected) => {
  expect(bytes(quantity)).toBe(expected);
});

describe("claims", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
    bench.start(...volumes());
  });
  afterEach(() => bench.stop());

  const storageClass = (name: string, more: object = {}) =>
    bench.api.put(STORAGE_CLASSES, { metadata: { name }, provisioner: DRIVER, ...more });
  const claim = (annotations: Record<string, string>, spec: object = {}) =>
    bench.api.put(CLAIMS, {
      metadata: { name: "data", namespace: "team", annotations },
      spec: {
        storageClassName: "block",
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "10Gi" } },
        ...spec,
      },
    });
  const made = () => bench.api.all(VOLUMES);

  test("get a volume when the binder asks the driver for one", async () => {
    storageClass("block", { reclaimPolicy: "Retain", parameters: { disk_type: "nvme" } });
    const { uid } = claim(ASKED).metadata;
    await eventually(() => expect(made()).toHaveLength(1));
    expect(made()[0]).toMatchObject({
      metadata: {
        name: `pvc-${uid}`,
        annotations: { "pv.kubernetes.io/provisioned-by": DRIVER },
        finalizers: ["external-provisioner.volume.kubernetes.io/finalizer"],
      },
      spec: {
        capacity: { storage: "10Gi" },
        persistentVolumeReclaimPolicy: "Retain",
        claimRef: { namespace: "team", name: "data", uid },
        csi: { driver: DRIVER, volumeAttributes: { disk_type: "nvme" } },
      },
    });
  });

  test("that nobody asked for, or of another driver, get none", async () => {
    storageClass("block");
    storageClass("other", { provisioner: "example.com/disk" });
    claim({});
    bench.api.put(CLAIMS, {
      metadata: { name: "foreign", namespace: "team", annotations: ASKED },
      spec: { storageClassName: "other" },
    });
    await settled(bench);
    expect(made()).toEqual([]);
  });

  test("of a class that waits get one when the scheduler has chosen a node", async () => {
    storageClass("block", { volumeBindingMode: "WaitForFirstConsumer" });
    claim(ASKED);
    await settled(bench);
    expect(made()).toEqual([]);
    claim({ ...ASKED, "volume.kubernetes.io/selected-node": "n1" });
    await eventually(() => expect(made()).toHaveLength(1));
  });

  test("get one when their class comes after them", async () => {
    claim(ASKED);
    await settled(bench);
    storageClass("block");
    await eventually(() => expect(made()).toHaveLength(1));
  });

  test("grow together with their volume", async () => {
    storageClass("block");
    const { uid } = claim(ASKED).metadata;
    await eventually(() => expect(made()).toHaveLength(1));
    const bound = { status: { phase: "Bound", capacity: { storage: "10Gi" } } };
    const resources = { requests: { storage: "20Gi" } };
    bench.api.put(CLAIMS, { ...claim(ASKED, { volumeName: `pvc-${uid}`, resources }), ...bound });
    await eventually(() => expect(bench.api.read(CLAIMS, "data", "team")?.status?.capacity?.storage).toBe("20Gi"));
    expect(made()[0]?.spec.capacity).toEqual({ storage: "20Gi" });
  });
});

describe("volumes whose claim is gone", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
    bench.start(...volumes());
  });
  afterEach(() => bench.stop());

  const released = (
    name: string,
    policy: "Delete" | "Retain",
    annotations = { "pv.kubernetes.io/provisioned-by": DRIVER },
  ) =>
    bench.api.put(VOLUMES, {
      metadata: { name, annotations, finalizers: ["external-provisioner.volume.kubernetes.io/finalizer"] },
      spec: { persistentVolumeReclaimPolicy: policy },
      status: { phase: "Released" },
    });

  test("go with it, unless they are to be retained or are somebody else's", async () => {
    released("gone", "Delete");
    released("kept", "Retain");
    released("foreign", "Delete", { "pv.kubernetes.io/provisioned-by": "example.com/disk" });
    await eventually(() =>
      expect(bench.api.all(VOLUMES).map(({ metadata }) => metadata.name)).toEqual(["kept", "foreign"]),
    );
  });

  test("that are retained go when somebody deletes their object", async () => {
    released("kept", "Retain");
    bench.api.take(VOLUMES, "kept");
    await eventually(() => expect(bench.api.all(VOLUMES)).toEqual([]));
  });
});
