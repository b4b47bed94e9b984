import type { V1Node } from "@kubernetes/client-node";
import type { PoolSpec } from "../../../../sandbox/clusters/driver";
import {
  changesOf,
  POOL_ANNOTATION,
  poolMark,
  type WantedNode,
  wantedNodes,
} from "../../../../sandbox/clusters/embedded/nodes/node";
import { nodeSize } from "../../../../sandbox/clusters/embedded/nodes/size";

const POOL: PoolSpec = {
  id: "pool-1",
  label: "system",
  tag: "",
  plan: "vc2-4c-8gb",
  region: "ams",
  labels: { tier: "system" },
  taints: [{ key: "only", value: "system", effect: "NoSchedule" }],
  nodes: [{ id: "0a0b0c0d-0000-4000-8000-000000000000", label: "system-1" }],
};

function wanted(changes: Partial<PoolSpec> = {}): WantedNode {
  const [node] = wantedNodes({ ...POOL, ...changes }, nodeSize(POOL.plan));
  if (node === undefined) throw new Error("The pool has no node.");
  return node;
}

/** A node as the API server has it after others worked on it. */
function present(): V1Node {
  const { object } = wanted();
  return {
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata?.labels, foreign: "yes" }, resourceVersion: "7" },
    spec: {
      ...object.spec,
      taints: [{ key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }, ...(object.spec?.taints ?? [])],
    },
  };
}

describe("a node of a pool", () => {
  test("has the labels of Vultr and of its pool, its taints and the size of its plan", () => {
    const { metadata, spec, status } = wanted().object;
    expect(metadata?.name).toBe("system-1");
    expect(metadata?.labels).toEqual({
      tier: "system",
      "kubernetes.io/hostname": "system-1",
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "topology.kubernetes.io/region": "ams",
      "node.kubernetes.io/instance-type": "vc2-4c-8gb",
      "vke.vultr.com/node-pool": "system",
    });
    expect(metadata?.annotations?.["kwok.x-k8s.io/node"]).toBe("fake");
    expect(spec).toEqual({ providerID: `vultr://${POOL.nodes[0]?.id}`, taints: POOL.taints });
    expect(status?.capacity).toEqual({ cpu: "4", memory: "7864Mi", "ephemeral-storage": "160Gi", pods: "110" });
    expect(status?.addresses?.[0]?.address).toMatch(/^10\.64\.\d{1,3}\.\d{1,3}$/);
  });

  test("that is as its pool wants it is left alone, whatever others put on it", () => {
    expect(changesOf(present(), wanted())).toBeUndefined();
  });

  test("gets other labels and taints, and keeps what others put on it", () => {
    const taint = { key: "batch", value: "only", effect: "NoExecute" };
    expect(changesOf(present(), wanted({ labels: { speed: "low" }, taints: [taint] }))).toEqual({
      metadata: {
        resourceVersion: "7",
        labels: expect.objectContaining({ speed: "low", tier: null }),
        annotations: { [POOL_ANNOTATION]: expect.stringContaining(`"batch"`) },
      },
      spec: { taints: [{ key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }, taint] },
    });
  });

  test("knows its pool, and any other node knows none", () => {
    expect(poolMark(present())).toMatchObject({ id: "pool-1", taints: ["only"] });
    expect(poolMark({ metadata: { annotations: {} } })).toBeUndefined();
    expect(poolMark({ metadata: { annotations: { [POOL_ANNOTATION]: `"odd"` } } })).toBeUndefined();
  });
});

describe("the size of a node", () => {
  test("comes from the catalogue, less what the system keeps", () => {
    const { capacity, allocatable } = nodeSize("vc2-2c-4gb");
    expect(capacity).toEqual({ cpu: "2", memory: "3932Mi", "ephemeral-storage": "80Gi", pods: "110" });
    expect(allocatable).toEqual({ cpu: "2", memory: "3832Mi", "ephemeral-storage": "72Gi", pods: "110" });
  });

  test("has the disk that an id names", () => {
    expect(nodeSize("voc-m-2c-16gb-100s-amd").capacity["ephemeral-storage"]).toBe("100Gi");
  });

  test("of a plan that was declared is what was declared", () => {
    const declared = { "vc3-new": { vcpus: 3, ramGb: 10, monthlyUsd: 50 } };
    expect(nodeSize("vc3-new", declared).capacity).toMatchObject({ cpu: "3", memory: "9830Mi" });
  });

  test("of a plan that only its id tells of is what the id says", () => {
    expect(nodeSize("vhp-16c-64gb-amd").capacity).toMatchObject({ cpu: "16", memory: "62914Mi" });
  });

  test("of a plan that tells nothing is refused, with the nearest ones", () => {
    expect(() => nodeSize("vc2-4c-8")).toThrow(
      expect.objectContaining({ detail: expect.stringContaining("vc2-4c-8gb") }),
    );
  });
});
