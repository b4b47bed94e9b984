import { type DeclaredPlans, findPlan, nearestPlans } from "../../../../constructs/vultr/catalogue";
import { Refusal } from "../../../providers/hooks/types";

/** What a node has, and what of it pods may use, as Kubernetes writes quantities. */
export interface NodeSize {
  readonly capacity: Readonly<Record<string, string>>;
  readonly allocatable: Readonly<Record<string, string>>;
}

const MAX_PODS = 110;
/** Firmware and kernel keep some of the memory that a plan names. */
const VISIBLE_MEMORY = 0.96;
/** A kubelet evicts pods below this, so it does not offer it. */
const EVICTION_MI = 100;
/** A kubelet evicts pods when less than a tenth of the disk is free. */
const USABLE_DISK = 0.9;

/**
 * The size of a plan's nodes.
 *
 * @param declared plans that the catalogue does not know
 * @throws Refusal for a plan that nobody knows, as the API does
 */
export function nodeSize(plan: string, declared: DeclaredPlans = {}): NodeSize {
  const facts = findPlan(plan, declared) ?? sizeInId(plan);
  if (facts === undefined) {
    throw new Refusal(
      `error creating node pool: {"error":"Invalid plan chosen","status":400}`,
      `plan is "${plan}". Did you mean ${nearestPlans(plan, declared).join(", ")}?`,
    );
  }
  const memoryMi = Math.floor(facts.ramGb * 1024 * VISIBLE_MEMORY);
  const diskGi = diskOf(plan, facts.ramGb);
  const sizes = (memory: number, disk: number): Record<string, string> => ({
    cpu: String(facts.vcpus),
    memory: `${memory}Mi`,
    "ephemeral-storage": `${disk}Gi`,
    pods: String(MAX_PODS),
  });
  return {
    capacity: sizes(memoryMi, diskGi),
    allocatable: sizes(memoryMi - EVICTION_MI, Math.floor(diskGi * USABLE_DISK)),
  };
}

/** An id mostly says how many vCPU and GB of memory a plan has, whatever the catalogue knows. */
function sizeInId(plan: string): { vcpus: number; ramGb: number } | undefined {
  const match = /-(\d+)c-(\d+)gb?(?:-|$)/.exec(plan);
  return match === null ? undefined : { vcpus: Number(match[1]), ramGb: Number(match[2]) };
}

/** Some ids name the disk, as in `-50s`; the others have about 20 GB for each GB of memory. */
function diskOf(plan: string, ramGb: number): number {
  const named = /-(\d+)s(?:-|$)/.exec(plan)?.[1];
  return named === undefined ? Math.min(Math.max(20 * ramGb, 25), 1000) : Number(named);
}
