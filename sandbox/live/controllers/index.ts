import type { ClusterConnection } from "../../clusters/driver";
import { ApiServer } from "./api/api-server";
import { certManager } from "./cert-manager";
import { clickhouseInstallations } from "./clickhouse";
import { cloudNativePg } from "./cloudnative-pg";
import { externalSecretsOperator, type VaultAccess } from "./external-secrets";
import type { Faults } from "./faults";
import { loadBalancers } from "./load-balancers";
import { ClusterView } from "./loop/cluster-view";
import type { Controller } from "./loop/controller";
import { pods } from "./pods";
import { volumes } from "./volumes";

export type { VaultAccess } from "./external-secrets";
export { type FaultRule, Faults } from "./faults";
export { FAILING } from "./pods";

/** What the controllers of a cluster work with. */
export interface ControllersOptions {
  readonly connection: ClusterConnection;
  /** What the cluster is called: load balancers of two clusters never share an address. */
  readonly clusterName: string;
  /** How Vault is reached right now; undefined as long as there is none. Asked again and again. */
  readonly vault: () => VaultAccess | undefined;
  /** Which Jobs and workloads fail. It may be changed at any time. */
  readonly faults: Faults;
  /** Takes a line for each thing that happens; never a secret. */
  readonly say: (line: string) => void;
}

/** Controllers that run. */
export interface Controllers {
  /** Ends them; what they have made stays. */
  stop(): Promise<void>;
  /** What does not work right now and why, a sentence each: names and reasons, never a secret. */
  failures(): readonly string[];
}

const PATIENCE_MS = 2000;

/**
 * Plays on an embedded cluster what a cloud and the operators do that do not run there: addresses of load balancers,
 * volumes, the ends of Jobs, certificates, secrets from Vault, and databases. The API server may go and come back, and
 * custom resources are looked after from the moment on at which they are served.
 */
export async function startControllers(options: ControllersOptions): Promise<Controllers> {
  const { connection, clusterName, faults, say } = options;
  const api = new ApiServer(connection);
  const cluster = new ClusterView(clusterName, api, say);
  const all: readonly Controller[] = [
    loadBalancers(),
    ...volumes(),
    pods(faults),
    ...certManager(),
    externalSecretsOperator(() => orNone(options.vault)),
    ...cloudNativePg(),
    clickhouseInstallations(),
  ];
  const running = all.map((one) => one.start(cluster));
  return {
    failures: () => cluster.problems.list(),
    async stop() {
      // What is being asked of a server that hangs is given up.
      const patience = setTimeout(() => api.close(), PATIENCE_MS);
      await Promise.all(running.map((one) => one.stop()));
      clearTimeout(patience);
      await cluster.stop();
      api.close();
    },
  };
}

/** A Vault that cannot be told of is not there. */
function orNone(vault: () => VaultAccess | undefined): VaultAccess | undefined {
  try {
    return vault();
  } catch {
    return undefined;
  }
}
