/** A Service with a load balancer of the cloud, which is billed until the Service is deleted. */
export interface LoadBalancer {
  readonly namespace: string;
  readonly name: string;
  /** Addresses or host names; none while it is being made. */
  readonly addresses: readonly string[];
  /** Whether the Service is being deleted already. */
  readonly deleting: boolean;
}

/** A PersistentVolume: block storage of the cloud, which is billed until it is deleted. */
export interface Volume {
  readonly name: string;
  /** `Bound`: its claim is there. `Released`: its claim is gone. */
  readonly phase: string;
  /** Namespace and name of the claim that it was made for. @default - it never had one */
  readonly claim?: string;
  /** Storage class; empty when it has none. */
  readonly storageClass: string;
  /** What becomes of the storage when the claim goes: `Retain` keeps it, `Delete` removes it. */
  readonly reclaimPolicy: string;
  /** As Kubernetes writes it, such as `10Gi`. */
  readonly size: string;
  /** What the CSI driver calls it: the name by which the cloud knows it. @default - it is of no CSI driver */
  readonly handle?: { readonly driver: string; readonly id: string };
}

/** A namespace that was told to go and is still there. */
export interface StuckNamespace {
  readonly name: string;
  /** When it was told to go, ISO 8601. */
  readonly since: string;
  /** What it waits for, as Kubernetes says it; none while it is still at work. */
  readonly reasons: readonly string[];
}

/** A custom resource that was told to go and waits for a controller, which may have gone before it. */
export interface StuckObject {
  readonly kind: string;
  /** API group. */
  readonly group: string;
  /** @default - it belongs to the whole cluster */
  readonly namespace?: string;
  readonly name: string;
  /** What it waits for. */
  readonly finalizers: readonly string[];
  /** When it was told to go, ISO 8601. */
  readonly since: string;
}

/** What is left in a cluster that would outlive it, or that its end would wait for. */
export interface Leftovers {
  readonly loadBalancers: readonly LoadBalancer[];
  readonly volumes: readonly Volume[];
  readonly namespaces: readonly StuckNamespace[];
  readonly objects: readonly StuckObject[];
}

/** How much is left. */
export function countOf({ loadBalancers, volumes, namespaces, objects }: Leftovers): number {
  return loadBalancers.length + volumes.length + namespaces.length + objects.length;
}

/** Whether a volume stays for ever: nobody claims it, and nobody will remove it. */
export function isKept({ phase, reclaimPolicy }: Volume): boolean {
  return phase === "Released" && reclaimPolicy === "Retain";
}
