import { existsSync, statSync } from "node:fs";
import { request } from "node:https";
import path from "node:path";
import {
  AdmissionregistrationV1Api,
  AuthenticationV1Api,
  KubeConfig,
  PatchStrategy,
  RbacAuthorizationV1Api,
  StorageV1Api,
  setHeaderOptions,
} from "@kubernetes/client-node";
import { vaultNames } from "../../constructs/core/names";
import { storageClassOf } from "../../constructs/data/storage-class";
import type { EmbeddedClusters, RunningCluster } from "../../sandbox/clusters/embedded";
import { FAILING } from "../../sandbox/live/controllers/pods/hold";
import { Servers } from "../../sandbox/live/servers";
import {
  type Clients,
  clientsOf,
  clusterSpec,
  deployAndWait,
  eventually,
  isAlive,
  makeNamespace,
  nodesOfPods,
  openClusters,
  podSpec,
  poolSpec,
  removeFolders,
  temporaryFolder,
} from "./cluster-support";

jest.setTimeout(120_000);

const PLATFORM = clusterSpec("platform");
const PROD = clusterSpec("prod");
const RESTRICTED_TAINT = { key: "workload", value: "system", effect: "NoSchedule" };
const RESTRICTED = { plan: "vc2-4c-8gb", labels: { tier: "system" }, taints: [RESTRICTED_TAINT] };
const TOLERATION = { key: "workload", operator: "Equal", value: "system", effect: "NoSchedule" };

describe("two clusters at once", () => {
  const servers = new Servers();
  const folder = temporaryFolder();
  const told: RunningCluster[] = [];
  const clusters: EmbeddedClusters = openClusters({
    folder,
    servers,
    onRunning: async (cluster) => void told.push(cluster),
  });
  let platform: Clients;
  let prod: Clients;

  beforeAll(async () => {
    await Promise.all([clusters.create(PLATFORM), clusters.create(PROD)]);
    platform = clientsOf(clusters, PLATFORM.id);
    prod = clientsOf(clusters, PROD.id);
    await clusters.setPool(PLATFORM.id, poolSpec("general", 2));
    await clusters.setPool(PLATFORM.id, poolSpec("restricted", 1, RESTRICTED));
  });
  afterAll(async () => {
    await clusters.stop();
    await servers.stop();
    removeFolders();
  });

  test("are ready in less than 15 s, and whoever wants to know is told before anybody uses them", () => {
    expect(told.map(({ label }) => label).sort()).toEqual(["platform", "prod"]);
    for (const { bootSeconds } of clusters.running()) expect(bootSeconds).toBeLessThan(15);
    expect(clusters.running().map(({ connection }) => connection)).toEqual(
      expect.arrayContaining(told.map(({ connection }) => connection)),
    );
  });

  test("are different ones: what is made in one is not in the other", async () => {
    await makeNamespace(platform, "only-here");
    await expect(prod.core.readNamespace({ name: "only-here" })).rejects.toMatchObject({ code: 404 });
    const [one, other] = clusters.running();
    expect(one?.connection.certificateAuthority).not.toBe(other?.connection.certificateAuthority);
    expect(one?.connection.server).not.toBe(other?.connection.server);
  });

  test("asked for again, a cluster is the one that runs", async () => {
    const pids = clusters.pids(PROD.id);
    const connection = await clusters.create(PROD);
    expect(connection).toEqual(clusters.running().find(({ id }) => id === PROD.id)?.connection);
    expect(clusters.pids(PROD.id)).toEqual(pids);
  });

  test("only their owner can read their keys", () => {
    for (const name of ["pki/ca-key.pem", "pki/admin-key.pem", "pki/service-accounts-key.pem", "kubeconfig"]) {
      expect(statSync(path.join(folder, PROD.id, name)).mode & 0o077).toBe(0);
    }
    expect(statSync(path.join(folder, PROD.id)).mode & 0o077).toBe(0);
  });

  test("without credentials only the health of a cluster can be asked for", async () => {
    const { connection } = clusters.running()[0] ?? {};
    const ask = (url: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const options = { ca: connection?.certificateAuthority, agent: false };
        const asked = request(`${connection?.server}${url}`, options, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.on("error", reject);
        asked.end();
      });
    expect(await Promise.all(["/readyz", "/livez", "/healthz"].map(ask))).toEqual([200, 200, 200]);
    expect(await Promise.all(["/version", "/api/v1/namespaces", "/apis"].map(ask))).toEqual([401, 401, 401]);
  });

  test("nodes have the labels, taints and size of their pool", async () => {
    const { metadata, spec, status } = await platform.core.readNode({ name: "restricted-1" });
    expect(metadata?.labels).toMatchObject({
      tier: "system",
      "kubernetes.io/hostname": "restricted-1",
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "topology.kubernetes.io/region": "ams",
      "node.kubernetes.io/instance-type": "vc2-4c-8gb",
      "vke.vultr.com/node-pool": "restricted",
    });
    expect(spec?.taints).toEqual([RESTRICTED_TAINT]);
    expect(spec?.providerID).toMatch(/^vultr:\/\/[0-9a-f-]{36}$/);
    expect(status?.capacity).toMatchObject({ cpu: "4", memory: "7864Mi", pods: "110" });
    expect(status?.allocatable).toMatchObject({ cpu: "4", memory: "7764Mi", "ephemeral-storage": "144Gi" });
    expect((await platform.core.listNode()).items).toHaveLength(3);
  });

  test("the storage classes of Vultr are there, one of them the default", async () => {
    const { items } = await platform.config.makeApiClient(StorageV1Api).listStorageClass();
    const found = new Map(items.map((each) => [each.metadata?.name, each]));
    expect(found.get(storageClassOf("delete"))).toMatchObject({
      reclaimPolicy: "Delete",
      provisioner: "block.csi.vultr.com",
    });
    expect(found.get(storageClassOf("retain"))).toMatchObject({
      reclaimPolicy: "Retain",
      volumeBindingMode: "Immediate",
    });
    const claim = await platform.core.createNamespacedPersistentVolumeClaim({
      namespace: "default",
      body: {
        metadata: { name: "some" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
    });
    expect(claim.spec?.storageClassName).toBe("vultr-block-storage");
  });

  test("a namespace that enforces the restricted level refuses a privileged pod and takes a modest one", async () => {
    await makeNamespace(platform, "strict", "restricted");
    const create = (securityContext: object) =>
      platform.core.createNamespacedPod({
        namespace: "strict",
        body: {
          metadata: { name: "some" },
          spec: podSpec({ containers: [{ name: "app", image: "registry.invalid/app:1", securityContext }] }),
        },
      });
    await expect(create({ privileged: true })).rejects.toThrow(/violates PodSecurity[\s\S]*restricted/);
    await create({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
  });

  test("a webhook of which nobody answers stops nothing", async () => {
    await platform.config.makeApiClient(AdmissionregistrationV1Api).createValidatingWebhookConfiguration({
      body: {
        metadata: { name: "nobody" },
        webhooks: [
          {
            name: "nobody.example.com",
            admissionReviewVersions: ["v1"],
            sideEffects: "None",
            failurePolicy: "Fail",
            clientConfig: { service: { name: "nobody", namespace: "default" } },
            rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["configmaps"] }],
          },
        ],
      },
    });
    await platform.core.createNamespacedConfigMap({ namespace: "default", body: { metadata: { name: "some" } } });
  });

  describe("workloads", () => {
    beforeAll(() => makeNamespace(platform, "work"));

    test("a deployment becomes ready where the taints let it", async () => {
      const replicas = 4;
      const nodes = await deployAndWait(platform, "work", "web", { replicas, spec: podSpec() });
      expect(new Set(nodes)).toEqual(new Set(["general-1", "general-2"]));
      const spec = podSpec({ tolerations: [TOLERATION], nodeSelector: { tier: "system" } });
      const tolerant = await deployAndWait(platform, "work", "system", { replicas: 2, spec });
      expect(tolerant).toEqual(["restricted-1", "restricted-1"]);
    });

    test("pods are ready within a second after they were scheduled", async () => {
      const { items } = await platform.core.listNamespacedPod({ namespace: "work", labelSelector: "app=web" });
      expect(items).toHaveLength(4);
      for (const { status } of items) {
        const since = (type: string): number =>
          status?.conditions?.find((each) => each.type === type)?.lastTransitionTime?.getTime() ?? Number.NaN;
        // Kubernetes writes whole seconds.
        expect(since("Ready") - since("PodScheduled")).toBeLessThanOrEqual(1000);
      }
    });

    test("a pod that asks for more than any node has stays where it is", async () => {
      const resources = { requests: { memory: "7Gi" } };
      const spec = podSpec({ containers: [{ name: "app", image: "registry.invalid/app:1", resources }] });
      await platform.core.createNamespacedPod({ namespace: "work", body: { metadata: { name: "large" }, spec } });
      const message = await eventually("the scheduler says why", async () => {
        const { status } = await platform.core.readNamespacedPod({ name: "large", namespace: "work" });
        return status?.conditions?.find(({ reason }) => reason === "Unschedulable")?.message;
      });
      expect(message).toMatch(/Insufficient memory/);
    });

    test("a stateful set becomes ready, with its containers before and beside the main one", async () => {
      const labels = { app: "store" };
      const image = "registry.invalid/store:1";
      const spec = podSpec({
        initContainers: [
          { name: "prepare", image },
          { name: "sidecar", image, restartPolicy: "Always" },
        ],
        containers: [
          { name: "store", image },
          { name: "metrics", image },
        ],
      });
      await platform.apps.createNamespacedStatefulSet({
        namespace: "work",
        body: {
          metadata: { name: "store" },
          spec: {
            serviceName: "store",
            replicas: 2,
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec },
          },
        },
      });
      await eventually("the stateful set is ready", async () => {
        const { status } = await platform.apps.readNamespacedStatefulSet({ name: "store", namespace: "work" });
        return status?.readyReplicas === 2 ? true : undefined;
      });
      const { status } = await platform.core.readNamespacedPod({ name: "store-0", namespace: "work" });
      expect(status?.containerStatuses?.map(({ name, ready }) => [name, ready])).toEqual([
        ["store", true],
        ["metrics", true],
      ]);
      const prepared = status?.initContainerStatuses?.find(({ name }) => name === "prepare");
      expect(prepared?.state?.terminated).toMatchObject({ exitCode: 0, reason: "Completed" });
      const sidecar = status?.initContainerStatuses?.find(({ name }) => name === "sidecar");
      expect(sidecar?.state?.running).toBeDefined();
      expect(status?.podIP).toMatch(/^10\.244\./);
    });

    test("a pod of nobody becomes ready and is gone when it is deleted", async () => {
      const name = "alone";
      await platform.core.createNamespacedPod({ namespace: "work", body: { metadata: { name }, spec: podSpec() } });
      await eventually("it runs", async () => {
        const { status } = await platform.core.readNamespacedPod({ name, namespace: "work" });
        return status?.phase === "Running" ? true : undefined;
      });
      await platform.core.deleteNamespacedPod({ name, namespace: "work" });
      await eventually("it is gone", () =>
        platform.core.readNamespacedPod({ name, namespace: "work" }).then(
          () => undefined,
          ({ code }: { code: number }) => code,
        ),
      );
    });

    test("a job's pod is scheduled and then left alone until somebody ends or deletes it", async () => {
      await platform.batch.createNamespacedJob({
        namespace: "work",
        body: { metadata: { name: "once" }, spec: { template: { spec: podSpec({ restartPolicy: "Never" }) } } },
      });
      const jobPods = async () =>
        (await platform.core.listNamespacedPod({ namespace: "work", labelSelector: "job-name=once" })).items;
      await eventually("it is scheduled", async () => (await jobPods())[0]?.spec?.nodeName);
      // What is asked for later is ready by now, so there was time to touch the job's.
      await deployAndWait(platform, "work", "later", { replicas: 1, spec: podSpec() });
      expect((await jobPods())[0]?.status?.phase).toBe("Pending");
      await platform.batch.deleteNamespacedJob({ name: "once", namespace: "work", propagationPolicy: "Background" });
      await eventually("its pod is gone", async () => ((await jobPods()).length === 0 ? true : undefined));
    });

    test("a pod that is held waits until it is let go", async () => {
      const name = "held";
      const metadata = { name, annotations: { [FAILING]: "CrashLoopBackOff" } };
      await platform.core.createNamespacedPod({ namespace: "work", body: { metadata, spec: podSpec() } });
      await deployAndWait(platform, "work", "meanwhile", { replicas: 1, spec: podSpec() });
      const phase = async () => (await platform.core.readNamespacedPod({ name, namespace: "work" })).status?.phase;
      expect(await phase()).toBe("Pending");
      const release = { metadata: { annotations: { [FAILING]: null } } };
      const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
      await platform.core.patchNamespacedPod({ name, namespace: "work", body: release }, merge);
      await eventually("it runs", async () => ((await phase()) === "Running" ? true : undefined));
    });

    test("a service gets the addresses of its pods", async () => {
      await platform.core.createNamespacedService({
        namespace: "work",
        body: { metadata: { name: "web" }, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } },
      });
      const addresses = await eventually("it has them", async () => {
        const { subsets } = await platform.core.readNamespacedEndpoints({ name: "web", namespace: "work" });
        const found = subsets?.flatMap((subset) => subset.addresses ?? []) ?? [];
        return found.length === 4 ? found.map(({ ip }) => ip) : undefined;
      });
      expect(new Set(addresses).size).toBe(4);
    });

    test("a namespace with all of it can be deleted", async () => {
      await makeNamespace(platform, "short");
      await deployAndWait(platform, "short", "web", { replicas: 2, spec: podSpec() });
      await platform.core.deleteNamespace({ name: "short" });
      await eventually("it is gone", () =>
        platform.core.readNamespace({ name: "short" }).then(
          () => undefined,
          ({ code }: { code: number }) => code,
        ),
      );
    });
  });

  test("a service account's token reviews itself, for Vault and for the API server only", async () => {
    await platform.core.createNamespacedServiceAccount({
      namespace: "default",
      body: { metadata: { name: "reader" } },
    });
    await platform.config.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
      body: {
        metadata: { name: "reader-delegates" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
        subjects: [{ kind: "ServiceAccount", name: "reader", namespace: "default" }],
      },
    });
    const review = async (audiences: string[], asked: string[]) => {
      const { status } = await platform.core.createNamespacedServiceAccountToken({
        name: "reader",
        namespace: "default",
        body: { spec: { audiences } },
      });
      const token = status?.token ?? "";
      const own = new KubeConfig();
      own.loadFromOptions({
        clusters: platform.config.clusters,
        users: [{ name: "reader", token }],
        contexts: [{ name: "reader", cluster: platform.config.clusters[0]?.name ?? "", user: "reader" }],
        currentContext: "reader",
      });
      const body = { spec: { token, audiences: asked } };
      return own.makeApiClient(AuthenticationV1Api).createTokenReview({ body });
    };
    const { audience, apiAudience } = vaultNames;
    const reviewed = await review([audience, apiAudience], [audience]);
    expect(reviewed.status).toMatchObject({
      authenticated: true,
      audiences: [audience],
      user: { username: "system:serviceaccount:default:reader" },
    });
    expect((await review([audience, apiAudience], ["other"])).status?.authenticated).toBeFalsy();
    await expect(review([audience], [audience])).rejects.toMatchObject({ code: 401 });
  });

  describe("pools", () => {
    const pool = (count: number, changes = {}) => poolSpec("batch", count, { labels: { tier: "batch" }, ...changes });
    const spec = podSpec({ nodeSelector: { tier: "batch" } });

    beforeAll(async () => {
      await makeNamespace(platform, "pools");
      await clusters.setPool(PLATFORM.id, pool(1));
    });

    test("more nodes are added, and fewer take their pods elsewhere", async () => {
      expect(await deployAndWait(platform, "pools", "app", { replicas: 2, spec })).toEqual(["batch-1", "batch-1"]);
      await clusters.setPool(PLATFORM.id, pool(3));
      expect((await platform.core.listNode({ labelSelector: "tier=batch" })).items).toHaveLength(3);
      await clusters.setPool(PLATFORM.id, { ...pool(3), nodes: pool(3).nodes.slice(1) });
      const { items } = await platform.core.listNode({ labelSelector: "tier=batch" });
      expect(items.map(({ metadata }) => metadata?.name)).toEqual(["batch-2", "batch-3"]);
      const nodes = await eventually("the pods are elsewhere", async () => {
        const found = await nodesOfPods(platform.core, "pools", "app");
        return found.length === 2 && found.every((name) => name !== "" && name !== "batch-1") ? found : undefined;
      });
      expect(nodes).toHaveLength(2);
    });

    test("labels and taints change, and what others put on a node stays", async () => {
      const foreign = { metadata: { labels: { "example.com/by-hand": "yes" } } };
      const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
      await platform.core.patchNode({ name: "batch-2", body: foreign }, merge);
      const taint = { key: "batch", value: "only", effect: "PreferNoSchedule" };
      const changed = { ...pool(3, { labels: { tier: "batch", speed: "low" }, taints: [taint] }) };
      const wanted = { ...changed, nodes: changed.nodes.slice(1) };
      await clusters.setPool(PLATFORM.id, wanted);
      const labelled = await platform.core.readNode({ name: "batch-2" });
      expect(labelled.metadata?.labels).toMatchObject({ speed: "low", "example.com/by-hand": "yes" });
      expect(labelled.spec?.taints).toEqual([taint]);
      await clusters.setPool(PLATFORM.id, { ...wanted, labels: { tier: "batch" }, taints: [] });
      const { metadata, spec: cleared } = await platform.core.readNode({ name: "batch-2" });
      expect(metadata?.labels).toMatchObject({ tier: "batch", "example.com/by-hand": "yes" });
      expect(metadata?.labels).not.toHaveProperty("speed");
      expect(cleared?.taints ?? []).toEqual([]);
    });

    test("a pool that is removed takes its nodes with it and no others", async () => {
      await clusters.removePool(PLATFORM.id, pool(0).id);
      const { items } = await platform.core.listNode();
      expect(items.map(({ metadata }) => metadata?.name).sort()).toEqual(["general-1", "general-2", "restricted-1"]);
      await clusters.removePool(PLATFORM.id, pool(0).id);
    });

    test("a plan that nobody knows is refused as the API refuses it", async () => {
      await expect(clusters.setPool(PLATFORM.id, poolSpec("odd", 1, { plan: "vc2-4c" }))).rejects.toThrow(
        /Invalid plan/,
      );
    });

    test("a label that Kubernetes does not take is told in words", async () => {
      const odd = poolSpec("odd", 1, { labels: { tier: "not a value" } });
      await expect(clusters.setPool(PLATFORM.id, odd)).rejects.toThrow(
        /^The API server of cluster platform answered 422/,
      );
    });

    test("a pool of a cluster that is not there is refused, and its removal is no mistake", async () => {
      await expect(clusters.setPool(clusterSpec("none").id, pool(1))).rejects.toThrow("Invalid resource ID");
      await clusters.removePool(clusterSpec("none").id, pool(1).id);
    });
  });

  test("each takes at most 600 MB with all of this in it", () => {
    for (const { id } of clusters.running()) {
      const memory = clusters.memoryMb(id);
      expect(memory).toBeGreaterThan(100);
      expect(memory).toBeLessThanOrEqual(600);
    }
  });

  test("a cluster that is deleted leaves no folder and no process, and the other one goes on", async () => {
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
