import { AdmissionregistrationV1Api, StorageV1Api } from "@kubernetes/client-node";
import { storageClassOf } from "../../../../constructs/data/storage-class";
import { makeNamespace, podSpec } from "./deployments";
import { RESTRICTED_TAINT, type TwoClusters } from "./two-clusters";

/** What a cluster has before anybody deploys to it: nodes, storage classes, and who is admitted. */
export function equipmentTests(world: TwoClusters): void {
  test("nodes have the labels, taints and size of their pool", async () => {
    const { platform } = world;
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
    const { platform } = world;
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
    const { platform } = world;
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
    const { platform } = world;
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
}
