import { CONFIG_MAPS, SECRETS } from "../api/core";
import type { ResourceType, Stored } from "../api/objects";
import { type Causes, type Controller, controller, type Outcome } from "../loop/controller";
import { messageOf } from "../loop/problems";
import { setStatus, withCondition } from "../loop/status";
import type { SecretStore } from "./objects";
import type { Sessions } from "./sessions";

/** How often a store is looked at again: one that was valid may not be any more. */
const VALID_MS = 60_000;
const INVALID_MS = 3000;

/** Says of stores whether somebody can log in with them, by doing so. */
export function stores(type: ResourceType<SecretStore>, sessions: Sessions, onVault: OnVault): Controller {
  return controller({
    name: type.kind,
    type,
    causes: (causes) => {
      causes.whenConcerned(SECRETS, namesAuthority);
      causes.whenConcerned(CONFIG_MAPS, namesAuthority);
      whenVaultChanges(causes, onVault);
    },
    async reconcile(store, cluster): Promise<Outcome> {
      let problem: string | undefined;
      try {
        const namespace = store.metadata.namespace ?? "default";
        await sessions.use(store, namespace, cluster, (client, token) => client.lookUp(token));
      } catch (error) {
        problem = messageOf(error);
      }
      const verdict =
        problem === undefined
          ? ({ status: "True", reason: "Valid", message: "store validated" } as const)
          : ({
              status: "False",
              reason: "InvalidProviderConfig",
              message: `unable to validate store: ${problem}`,
            } as const);
      const conditions = withCondition(store.status?.conditions, { type: "Ready", ...verdict });
      await setStatus(cluster, type, store, { conditions, capabilities: "ReadWrite" });
      return problem === undefined ? { againMs: VALID_MS } : { againMs: INVALID_MS, problem };
    },
  });
}

/** Calls back when Vault appears, goes or moves, until the answer is called. */
export type OnVault = (listener: () => void) => () => void;

export function whenVaultChanges<T extends Stored>({ all, onStop }: Causes<T>, onVault: OnVault): void {
  onStop(onVault(all));
}

function namesAuthority({ spec, metadata }: SecretStore, { metadata: changed }: Stored): boolean {
  const { caProvider } = spec.provider.vault ?? {};
  const namespace = metadata.namespace ?? caProvider?.namespace;
  return caProvider?.name === changed.name && namespace === changed.namespace;
}
