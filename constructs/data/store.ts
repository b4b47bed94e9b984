import type { ITerraformDependable } from "cdktf";
import type { Protection } from "../core/protection";
import type { ClusterTarget } from "../kubernetes/cluster-target";
import type { PodPlacement } from "../kubernetes/placement";
import type { BackupTarget } from "./backup-target";

/** Size of a store; quantities are Kubernetes quantities, such as `20Gi` or `500m`. */
export interface StoreSize {
  readonly storage: string;
  readonly cpu: string;
  readonly memory: string;
}

/** What every store takes. */
export interface StoreProps {
  readonly target: ClusterTarget;
  /** Namespace of the store, made by the stack: `restricted`, with the store's traffic admitted. */
  readonly namespace: string;
  readonly size: StoreSize;
  readonly protection: Protection;
  /** Where its pods may and would rather run. @default - on nodes without taints */
  readonly placement?: PodPlacement;
  /** @default - the class that fits the protection */
  readonly storageClass?: string;
  /** Where its backups go. @default - nowhere */
  readonly backup?: BackupTarget;
  /** @default - only the cluster */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A Kubernetes secret that a store needs, and where in Vault its values stand. */
export interface StoreSecret {
  /** Name of the Kubernetes secret. */
  readonly name: string;
  /** Path below the KV mount. */
  readonly path: string;
}

/** Memory guaranteed and bounded, CPU guaranteed only: a store that is throttled misses its probes. */
export function resourcesOf(size: StoreSize) {
  return { requests: { cpu: size.cpu, memory: size.memory }, limits: { memory: size.memory } };
}

const MEBIBYTES: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024, Ti: 1024 * 1024 };

/** A memory quantity in whole MiB, or `undefined` when it has another unit. */
export function mebibytes(quantity: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(Mi|Gi|Ti)$/.exec(quantity);
  const factor = MEBIBYTES[match?.[2] ?? ""];
  return match === null || factor === undefined ? undefined : Math.floor(Number(match[1]) * factor);
}
