/** A group of equal nodes of one cluster. */
export interface NodePoolSpec {
  /** Name of the pool, unique in its cluster; prefix of its node names. Another name makes a new pool. */
  readonly name: string;
  /** Vultr plan id, such as `vc2-4c-8gb`. Vultr can't change it: another plan makes a new pool. */
  readonly plan: string;
  /** Number of nodes, at least 1; with autoscaling the number it starts with. */
  readonly quantity: number;
  /** Vultr scales the pool between these numbers. @default - a fixed number of nodes */
  readonly autoscaling?: { readonly min: number; readonly max: number };
  /** Kubernetes labels of the nodes. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Unique by key: a second taint with one key never converges. Vultr sets taints after the pool is active, so pods that
   * do not tolerate them may land there at first.
   * @default - none
   */
  readonly taints?: readonly NodeTaint[];
}

export interface NodeTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}
