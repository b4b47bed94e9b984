/**
 * What stands behind a `vultr_kubernetes` resource of the sandbox. A driver is chosen for a whole run: `fake` gives
 * credentials that parse and reach nothing, `served` an API server that reads from the simulated world, `embedded` boots
 * a real one; one that uses containers can follow.
 */
export interface ClusterDriver {
  readonly name: "fake" | "served" | "embedded";
  /**
   * Makes a cluster and answers when its API server serves. Asked again for an id that it knows, as after an
   * interrupted creation, it goes on with what there is.
   *
   * @throws Refusal when it does not come up, with what to do; nothing of it keeps running then
   */
  create(cluster: ClusterSpec): Promise<ClusterConnection>;
  /** Makes the nodes of a pool what they are here: adds, changes, and removes those that are not named any more. */
  setPool(clusterId: string, pool: PoolSpec): Promise<void>;
  removePool(clusterId: string, poolId: string): Promise<void>;
  /** Ends a cluster and all that it holds; one that is not there is no mistake. */
  delete(clusterId: string): Promise<void>;
}

/** A cluster as the API of the cloud is asked for it. */
export interface ClusterSpec {
  readonly id: string;
  readonly label: string;
  readonly region: string;
  /** Version of VKE that was asked for; a driver may run another one. */
  readonly version: string;
  /** Hex digits that are the same in every run, for what a driver makes up. */
  readonly digest: string;
}

/** How a cluster is reached. Certificates and key are PEM. */
export interface ClusterConnection {
  /** URL of the API server. */
  readonly server: string;
  readonly certificateAuthority: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
}

/** A node pool with its nodes. */
export interface PoolSpec {
  readonly id: string;
  readonly label: string;
  readonly tag: string;
  /** Vultr plan: decides the size of each node. */
  readonly plan: string;
  readonly region: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  readonly nodes: readonly { readonly id: string; readonly label: string }[];
}
