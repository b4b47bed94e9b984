import type { V1Node, V1Taint } from "@kubernetes/client-node";
import { numberFrom } from "../../../providers/hooks/ids";
import type { PoolSpec } from "../../driver";
import { PLAYED_NODE } from "../programs/kwok";
import type { NodeSize } from "./size";

/** Says which pool a node is of, and what the node has from it: everything else on it is somebody else's. */
export const POOL_ANNOTATION = "sandbox.strata.dev/pool";

/** What a node has from its pool. */
export interface PoolMark {
  readonly id: string;
  /** Keys of the labels. */
  readonly labels: readonly string[];
  /** Keys of the taints. */
  readonly taints: readonly string[];
}

/** A node as a pool wants it. */
export interface WantedNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly V1Taint[];
  readonly mark: PoolMark;
  readonly object: V1Node;
}

/** The nodes that a pool is to have. */
export function wantedNodes(pool: PoolSpec, size: NodeSize): WantedNode[] {
  const taints = pool.taints.map(({ key, value, effect }) => ({ key, value, effect }));
  return pool.nodes.map(({ id, label: name }) => {
    const labels = {
      "kubernetes.io/hostname": name,
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "topology.kubernetes.io/region": pool.region,
      "node.kubernetes.io/instance-type": pool.plan,
      "vke.vultr.com/node-pool": pool.label,
      ...pool.labels,
    };
    const mark = { id: pool.id, labels: Object.keys(labels), taints: taints.map(({ key }) => key) };
    const address = `10.64.${numberFrom(id.replaceAll("-", ""), 0, 256)}.${numberFrom(id.replaceAll("-", ""), 6, 254) + 1}`;
    const object: V1Node = {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name,
        labels,
        annotations: { [PLAYED_NODE.name]: PLAYED_NODE.value, [POOL_ANNOTATION]: JSON.stringify(mark) },
      },
      spec: { providerID: `vultr://${id}`, taints },
      status: {
        capacity: { ...size.capacity },
        allocatable: { ...size.allocatable },
        addresses: [
          { type: "InternalIP", address },
          { type: "Hostname", address: name },
        ],
      },
    };
    return { name, labels, taints, mark, object };
  });
}

/** The mark of a node that a pool made; undefined for any other. */
export function poolMark(node: V1Node): PoolMark | undefined {
  const text = node.metadata?.annotations?.[POOL_ANNOTATION];
  if (text === undefined) return undefined;
  const mark: unknown = JSON.parse(text);
  return isMark(mark) ? mark : undefined;
}

function isMark(value: unknown): value is PoolMark {
  return (
    typeof value === "object" &&
    value !== null &&
    "id" in value &&
    typeof value.id === "string" &&
    "labels" in value &&
    Array.isArray(value.labels) &&
    "taints" in value &&
    Array.isArray(value.taints)
  );
}

/** The changes that make a node what its pool wants, as a merge patch; undefined when it is so already. */
export function changesOf(node: V1Node, wanted: WantedNode): object | undefined {
  const mark = poolMark(node);
  const gone = (mark?.labels ?? []).filter((key) => !(key in wanted.labels));
  const foreign = (node.spec?.taints ?? []).filter(({ key }) => !(mark?.taints ?? []).includes(key));
  const taints = [...foreign, ...wanted.taints];
  const labels = { ...wanted.labels, ...Object.fromEntries(gone.map((key) => [key, null])) };
  const isSame =
    gone.length === 0 &&
    Object.entries(wanted.labels).every(([key, value]) => node.metadata?.labels?.[key] === value) &&
    taintKeys(taints) === taintKeys(node.spec?.taints ?? []);
  if (isSame) return undefined;
  return {
    // A node that changed meanwhile is looked at again.
    metadata: {
      labels,
      annotations: { [POOL_ANNOTATION]: JSON.stringify(wanted.mark) },
      resourceVersion: node.metadata?.resourceVersion,
    },
    spec: { taints },
  };
}

function taintKeys(taints: readonly V1Taint[]): string {
  return JSON.stringify(taints.map(({ key, value = "", effect }) => `${key}=${value}:${effect}`).sort());
}
