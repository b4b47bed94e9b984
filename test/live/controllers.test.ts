import { Agent } from "node:https";
import { ApiServer } from "../../sandbox/live/controllers/api/api-server";
import { send } from "../../sandbox/live/controllers/http";
import { claim, deployment, job, loadBalancer, podSpec } from "./support/controllers/manifests";
import { at, becomes } from "./support/controllers/objects";
import { Playground } from "./support/controllers/playground";

jest.setTimeout(120_000);

const playground = new Playground();
const CONFIG_MAPS = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };
const core = "/api/v1/namespaces/team";
const apps = "/apis/apps/v1/namespaces/team";
const batch = "/apis/batch/v1/namespaces/team";

beforeAll(async () => {
  await playground.start();
  await playground.namespace("team");
});
afterAll(() => playground.stop());

const objects = () => playground.objects;

describe("load balancers", () => {
  const address = (name: string) => objects().value(`${core}/services/${name}`, "status.loadBalancer.ingress.0.ip");

  test("a Service of type LoadBalancer gets an address of its own, and is held until it is given back", async () => {
    await objects().make(`${core}/services`, loadBalancer("web"));
    await objects().make(`${core}/services`, loadBalancer("machine"));
    await becomes(() => address("web"), expect.stringMatching(/^198\.51\.100\.\d+$/));
    await becomes(() => address("machine"), expect.stringMatching(/^198\.51\.100\.\d+$/));
    expect(await address("web")).not.toBe(await address("machine"));
    expect(await objects().value(`${core}/services/web`, "metadata.finalizers")).toEqual([
      "service.kubernetes.io/load-balancer-cleanup",
    ]);
  });

  test("the same name gets the same address again", async () => {
    const before = await address("web");
    await objects().remove(`${core}/services/web`);
    await becomes(() => objects().find(`${core}/services/web`), undefined);
    await objects().make(`${core}/services`, loadBalancer("web"));
    await becomes(() => address("web"), before);
  });

  test("a Service that is no load balancer any more gives its address back", async () => {
    await objects().change(`${core}/services/web`, { spec: { type: "ClusterIP" } });
    await becomes(() => objects().value(`${core}/services/web`, "metadata.finalizers"), undefined);
    expect(await address("web")).toBeUndefined();
  });
});

describe("volumes", () => {
  const phase = (name: string) => objects().value(`${core}/persistentvolumeclaims/${name}`, "status.phase");
  const volumeOf = async (name: string) =>
    `/api/v1/persistentvolumes/${await objects().value(`${core}/persistentvolumeclaims/${name}`, "spec.volumeName")}`;

  test("a claim gets a volume of Vultr's driver, and a bigger one when it asks", async () => {
    await objects().make(`${core}/persistentvolumeclaims`, claim("data", "vultr-block-storage"));
    await becomes(() => phase("data"), "Bound");
    const volume = await volumeOf("data");
    expect(await objects().find(volume)).toMatchObject({
      spec: {
        capacity: { storage: "10Gi" },
        persistentVolumeReclaimPolicy: "Delete",
        csi: { driver: "block.csi.vultr.com", volumeHandle: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      },
    });
    await objects().change(`${core}/persistentvolumeclaims/data`, {
      spec: { resources: { requests: { storage: "20Gi" } } },
    });
    await becomes(() => objects().value(`${core}/persistentvolumeclaims/data`, "status.capacity.storage"), "20Gi");
    expect(await objects().value(volume, "spec.capacity.storage")).toBe("20Gi");
  });

  test("a volume goes with its claim, and stays where the class retains it", async () => {
    await objects().make(`${core}/persistentvolumeclaims`, claim("kept", "vultr-block-storage-retain"));
    await becomes(() => phase("kept"), "Bound");
    const [deleted, retained] = [await volumeOf("data"), await volumeOf("kept")];
    await objects().remove(`${core}/persistentvolumeclaims/data`);
    await objects().remove(`${core}/persistentvolumeclaims/kept`);
    await becomes(() => objects().find(deleted), undefined);
    await becomes(() => objects().value(retained, "status.phase"), "Released");
    await objects().remove(retained);
    await becomes(() => objects().find(retained), undefined);
  });

  test("a claim of a class that waits for its first pod is not served before", async () => {
    await objects().make("/apis/storage.k8s.io/v1/storageclasses", {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "waiting" },
      provisioner: "block.csi.vultr.com",
      volumeBindingMode: "WaitForFirstConsumer",
    });
    await objects().make(`${core}/persistentvolumeclaims`, claim("late", "waiting"));
    await objects().make(`${core}/persistentvolumeclaims`, claim("marker", "vultr-block-storage"));
    await becomes(() => phase("marker"), "Bound");
    expect(await phase("late")).toBe("Pending");
    const volumes = [{ name: "late", persistentVolumeClaim: { claimName: "late" } }];
    await objects().make(`${core}/pods`, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "first" },
      spec: podSpec({}, { volumes }),
    });
    await becomes(() => phase("late"), "Bound");
    await becomes(() => objects().condition(`${core}/pods/first`), expect.stringMatching(/^True/));
  });
});

describe("pods", () => {
  const pods = async (label: string) => {
    const list = at(await objects().find(`${core}/pods?labelSelector=${encodeURIComponent(label)}`), "items");
    return Array.isArray(list) ? list : [];
  };

  test("a Job ends well soon after it was made", async () => {
    await objects().make(`${batch}/jobs`, job("migrate"));
    await becomes(() => objects().condition(`${batch}/jobs/migrate`, "Complete"), expect.stringMatching(/^True/), 5000);
  });

  test("a Job that is told to fails, with exit code 1 and a message", async () => {
    playground.faults.fail({ namespace: "team", name: "check-*" });
    await objects().make(`${batch}/jobs`, job("check-1234"));
    await becomes(() => objects().condition(`${batch}/jobs/check-1234`, "Failed"), expect.stringMatching(/^True/));
    const [pod] = await pods("batch.kubernetes.io/job-name=check-1234");
    expect(at(pod, "status.containerStatuses.0.state.terminated")).toMatchObject({
      exitCode: 1,
      message: "the sandbox was told to let it fail",
    });
    playground.faults.clear();
  });

  test("a Job waits for the secret that its container names", async () => {
    const env = [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "login", key: "password" } } }];
    await objects().make(`${batch}/jobs`, job("needs", { env }));
    await becomes(
      async () => at((await pods("batch.kubernetes.io/job-name=needs"))[0], "status.containerStatuses.0.state.waiting"),
      { reason: "CreateContainerConfigError", message: 'secret "login" not found' },
    );
    expect(playground.failures.join("\n")).toMatch(/pod team\/needs-\w+: waits, secret "login" not found/);
    const data = { password: "c2VjcmV0" };
    await objects().make(`${core}/secrets`, { apiVersion: "v1", kind: "Secret", metadata: { name: "login" }, data });
    await becomes(() => objects().condition(`${batch}/jobs/needs`, "Complete"), expect.stringMatching(/^True/), 5000);
    expect(playground.failures).toEqual([]);
  });

  const available = (name: string) => objects().value(`${apps}/deployments/${name}`, "status.availableReplicas");

  test("a workload that is told to fail never becomes ready, and does when it may", async () => {
    playground.faults.fail({ namespace: "team", name: "gate" });
    await objects().make(`${apps}/deployments`, deployment("gate"));
    await becomes(
      async () => (await pods("app=gate")).map((pod) => at(pod, "status.containerStatuses.0.state.waiting.reason")),
      ["CrashLoopBackOff", "CrashLoopBackOff"],
    );
    expect(await available("gate")).toBeUndefined();
    expect(await objects().condition(`${apps}/deployments/gate`, "Available")).toMatch(/^False/);
    playground.faults.clear();
    await becomes(() => available("gate"), 2);
  });

  test("a workload that is up fails when it is told to", async () => {
    playground.faults.fail({ namespace: "team", name: "gate" });
    await becomes(() => available("gate"), undefined);
    playground.faults.clear();
    await becomes(() => available("gate"), 2);
  });
});

describe("a deletion", () => {
  const object = { namespace: "team", name: "held" };
  const held = `${core}/configmaps/held`;

  test("of an object that has taken the name of another is refused", async () => {
    await objects().make(`${core}/configmaps`, { metadata: { name: "held" } });
    const uid = String(await objects().value(held, "metadata.uid"));
    const { connection } = playground.cluster;
    const { certificateAuthority: ca, clientCertificate: cert, clientKey: key, server } = connection;
    const agent = new Agent({ ca, cert, key });
    const preconditions = { uid: "00000000-0000-4000-8000-000000000000" };
    const { status } = await send({
      url: `${server}${held}`,
      agent,
      method: "DELETE",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions", preconditions }),
      timeoutMs: 10_000,
    });
    agent.destroy();
    expect(status).toBe(409);

    const api = new ApiServer(connection);
    await api.delete(CONFIG_MAPS, { ...object, ...preconditions });
    expect(await objects().value(held, "metadata.uid")).toBe(uid);
    // On the same connection: nothing of the body before stands in its way.
    await api.delete(CONFIG_MAPS, { ...object, uid });
    api.close();
    await becomes(() => objects().find(held), undefined);
  });
});

describe("when servers go and come back", () => {
  const address = (name: string) => objects().value(`${core}/services/${name}`, "status.loadBalancer.ingress.0.ip");

  test("a crash of the API server is told of", async () => {
    await playground.clusters.kill(playground.cluster.id, "kube-apiserver");
    await becomes(
      async () => playground.failures,
      [expect.stringMatching(/^API server: the API server cannot be reached/)],
    );
  });

  test.each(["kube-apiserver", "etcd"] as const)("after a crash of %s everything goes on", async (program) => {
    await playground.clusters.kill(playground.cluster.id, program);
    await playground.clusters.restart(playground.cluster.id);
    await objects().make(`${core}/services`, loadBalancer(`after-${program}`));
    await becomes(() => address(`after-${program}`), expect.stringMatching(/^198\.51\.100\.\d+$/));
    await objects().make(`${batch}/jobs`, job(`after-${program}`));
    const complete = () => objects().condition(`${batch}/jobs/after-${program}`, "Complete");
    await becomes(complete, expect.stringMatching(/^True/));
    await becomes(async () => playground.failures, []);
  });

  test("controllers that are started anew take up what they find", async () => {
    const before = await address("machine");
    playground.faults.fail({ namespace: "team", name: "gate" });
    await playground.startControllersAnew();
    const available = () => objects().value(`${apps}/deployments/gate`, "status.availableReplicas");
    await becomes(available, undefined);
    playground.faults.clear();
    await becomes(available, 2);
    expect(await address("machine")).toBe(before);
  });
});

test("a namespace with all of it goes without being held up", async () => {
  await objects().remove("/api/v1/namespaces/team");
  await becomes(() => objects().find("/api/v1/namespaces/team"), undefined, 30_000);
  await becomes(() => objects().names("/api/v1/persistentvolumes"), []);
  await becomes(async () => playground.failures, []);
});
