import { setTimeout as sleep } from "node:timers/promises";
import { type CoreV1Api, PatchStrategy, setHeaderOptions, type V1Node } from "@kubernetes/client-node";
import type { DeclaredPlans } from "../../../../constructs/vultr/catalogue";
import { Failure } from "../../../run/failure";
import type { PoolSpec } from "../../driver";
import { hasCode } from "../api";
import { changesOf, poolMark, type WantedNode, wantedNodes } from "./node";
import { nodeSize } from "./size";

const READY_WITHIN_MS = 30_000;
const POLL_MS = 100;
const CONFLICTS = 10;

/** Makes the nodes of a pool what they are to be, and waits until they take pods. */
export async function applyPool(api: CoreV1Api, pool: PoolSpec, declared?: DeclaredPlans): Promise<void> {
  const wanted = wantedNodes(pool, nodeSize(pool.plan, declared));
  const present = await nodesOf(api, pool.id);
  const surplus = present.filter((node) => !wanted.some(({ name }) => name === nameOf(node)));
  for (const each of wanted) await applyNode(api, each);
  // The others are ready before the surplus goes, so that its pods find a place.
  await becomeReady(api, pool);
  await removeNodes(api, surplus.map(nameOf));
}

/** Removes all nodes of a pool. */
export async function removePoolNodes(api: CoreV1Api, poolId: string): Promise<void> {
  await removeNodes(api, (await nodesOf(api, poolId)).map(nameOf));
}

async function nodesOf(api: CoreV1Api, poolId: string): Promise<V1Node[]> {
  const { items } = await api.listNode();
  return items.filter((node) => poolMark(node)?.id === poolId);
}

async function applyNode(api: CoreV1Api, wanted: WantedNode): Promise<void> {
  const { name } = wanted;
  for (let attempt = 1; ; attempt++) {
    try {
      const node = await api.readNode({ name }).catch(unless(404));
      if (node === undefined) {
        await api.createNode({ body: wanted.object });
        return;
      }
      const body = changesOf(node, wanted);
      if (body === undefined) return;
      await api.patchNode({ name, body }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
      return;
    } catch (error) {
      // Conditions and taints of a node change at any time.
      if (!hasCode(error, 409) || attempt === CONFLICTS) throw error;
    }
  }
}

async function becomeReady(api: CoreV1Api, pool: PoolSpec): Promise<void> {
  const names = new Set(pool.nodes.map(({ label }) => label));
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const nodes = await nodesOf(api, pool.id);
    const late = nodes.filter((node) => names.has(nameOf(node)) && !isReady(node)).map(nameOf);
    if (late.length === 0) return;
    if (Date.now() > deadline) {
      throw new Failure(
        `Nodes of the pool ${pool.label} were not ready after ${READY_WITHIN_MS / 1000} s: ${late.join(", ")}.`,
      );
    }
    await sleep(POLL_MS);
  }
}

function isReady({ status, spec }: V1Node): boolean {
  const ready = status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") ?? false;
  return ready && !(spec?.taints ?? []).some(({ key }) => key === "node.kubernetes.io/not-ready");
}

/** Takes nodes away with their pods, which are then made elsewhere. */
async function removeNodes(api: CoreV1Api, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
  for (const name of names)
    await api.patchNode({ name, body: { spec: { unschedulable: true } } }, merge).catch(unless(404));
  for (const name of names) await removePods(api, name);
  for (const name of names) {
    await api.deleteNode({ name }).catch(unless(404));
    // Pods of daemons go to nodes that take no others.
    await removePods(api, name);
  }
}

async function removePods(api: CoreV1Api, node: string): Promise<void> {
  const { items } = await api.listPodForAllNamespaces({ fieldSelector: `spec.nodeName=${node}` });
  for (const { metadata } of items) {
    const { name = "", namespace = "", uid } = metadata ?? {};
    // Nothing runs in it that would need time to end.
    await api
      .deleteNamespacedPod({ name, namespace, body: { gracePeriodSeconds: 0, preconditions: { uid } } })
      .catch(unless(404, 409));
  }
}

function nameOf({ metadata }: V1Node): string {
  return metadata?.name ?? "";
}

/** Takes an answer of these codes for none. */
function unless(...codes: readonly number[]): (error: unknown) => undefined {
  return (error) => {
    if (!codes.some((code) => hasCode(error, code))) throw error;
    return undefined;
  };
}
