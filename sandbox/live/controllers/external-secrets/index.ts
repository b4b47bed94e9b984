import type { Controller, RunningController } from "../loop/controller";
import { CLUSTER_SECRET_STORES, SECRET_STORES } from "./objects";
import { externalSecrets } from "./secrets";
import { Sessions } from "./sessions";
import { type OnVault, stores } from "./stores";
import type { VaultAccess } from "./vault-client";

export type { VaultAccess } from "./vault-client";

/** How soon it is noticed that Vault appeared or moved. */
const LOOK_MS = 500;

/** What External Secrets does in a cluster, with the Vault that `vault` names at the time. */
export function externalSecretsOperator(vault: () => VaultAccess | undefined): Controller {
  return {
    start(cluster): RunningController {
      const sessions = new Sessions(vault);
      const listeners = new Set<() => void>();
      const onVault: OnVault = (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      };
      let last = vault()?.address;
      const look = setInterval(() => {
        const now = vault()?.address;
        if (now === last) return;
        last = now;
        for (const listener of listeners) listener();
      }, LOOK_MS);
      const running = [
        stores(SECRET_STORES, sessions, onVault),
        stores(CLUSTER_SECRET_STORES, sessions, onVault),
        externalSecrets(sessions, onVault),
      ].map((one) => one.start(cluster));
      return {
        get isIdle() {
          return running.every((one) => one.isIdle);
        },
        async stop() {
          clearInterval(look);
          await Promise.all(running.map((one) => one.stop()));
          await sessions.close();
        },
      };
    },
  };
}
