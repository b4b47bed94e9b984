import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { compareTexts } from "../../../../constructs/core/texts";
import { ApiUnreachable, isTerminating } from "../api";
import { SECRETS } from "../api/core";
import { milliseconds } from "../duration";
import type { ClusterView } from "../loop/cluster-view";
import { type Controller, controller, type Outcome } from "../loop/controller";
import { messageOf } from "../loop/problems";
import { setStatus, timestamp, withCondition } from "../loop/status";
import { deliver } from "./delivery";
import {
  CLUSTER_SECRET_STORES,
  EXTERNAL_SECRETS,
  type ExternalSecret,
  SECRET_STORES,
  targetOf,
  Undeliverable,
} from "./objects";
import type { Sessions } from "./sessions";
import { type OnVault, whenVaultChanges } from "./stores";
import { unsupported } from "./supported";
import { valuesOf } from "./values";

/** The longest that a change in Vault takes to arrive here; operators in production wait for `refreshInterval`. */
const RESYNC_MS = 10_000;
const RETRY_MS = 2000;
const DEFAULT_INTERVAL_MS = 3_600_000;

/** Delivers secrets from Vault, or made up, as their ExternalSecrets say. */
export function externalSecrets(sessions: Sessions, onVault: OnVault): Controller {
  return controller({
    name: EXTERNAL_SECRETS.kind,
    type: EXTERNAL_SECRETS,
    causes: (causes) => {
      causes.whenConcerned(SECRETS, (secret, { metadata: { name, namespace } }) =>
        isDeepStrictEqual(targetOf(secret), { name, namespace }),
      );
      causes.whenConcerned(SECRET_STORES, ({ metadata }, store) => metadata.namespace === store.metadata.namespace);
      causes.whenConcerned(CLUSTER_SECRET_STORES, () => true);
      whenVaultChanges(causes, onVault);
    },
    async reconcile(secret, cluster): Promise<Outcome | undefined> {
      if (secret.metadata.deletionTimestamp !== undefined) return undefined;
      const pause = pauseOf(secret, cluster);
      if (pause === "for ever") return undefined;
      if (pause > 0) return { againMs: pause };
      try {
        const refusal = unsupported(secret);
        if (refusal !== undefined) throw new Undeliverable(refusal);
        const changed = await deliver(secret, await valuesOf(secret, cluster, sessions), cluster);
        await synced(secret, changed, cluster);
      } catch (error) {
        if (error instanceof ApiUnreachable || isTerminating(error)) throw error;
        const problem = messageOf(error);
        await failed(secret, problem, cluster);
        return { problem, againMs: RETRY_MS };
      }
      return { againMs: Math.min(intervalOf(secret) || RESYNC_MS, RESYNC_MS) };
    },
  });
}

/**
 * How long a secret stays as it is: not at all while it is not what was asked for, or since its ExternalSecret was
 * changed in any way; an annotation is enough.
 */
function pauseOf(secret: ExternalSecret, cluster: ClusterView): number | "for ever" {
  const { spec, status } = secret;
  const synced = status?.syncedResourceVersion;
  if (synced === undefined || cluster.store(SECRETS).get(targetOf(secret)) === undefined) return 0;
  const interval = intervalOf(secret);
  // These two stay whatever becomes of their ExternalSecret.
  if (spec.refreshPolicy === "CreatedOnce" || (interval === 0 && spec.refreshPolicy !== "OnChange")) return "for ever";
  if (synced !== versionOf(secret)) return 0;
  if (spec.refreshPolicy === "OnChange") return "for ever";
  // What is made up would be another one each time, so it is made no more often than it was asked for.
  const madeUp = (spec.dataFrom ?? []).some(({ sourceRef }) => sourceRef?.generatorRef !== undefined);
  const age = Date.now() - Date.parse(status?.refreshTime ?? "1970-01-01T00:00:00Z");
  return madeUp ? Math.min(Math.max(interval - age, 0), DEFAULT_INTERVAL_MS) : 0;
}

/** As the operator counts: the generation, which the spec moves, and a hash of labels and annotations. */
function versionOf({ metadata }: ExternalSecret): string {
  const { generation, labels = {}, annotations = {} } = metadata;
  const sorted = [labels, annotations].map((texts) => Object.entries(texts).sort(([a], [b]) => compareTexts(a, b)));
  return `${generation}-${createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 56)}`;
}

function intervalOf({ spec }: ExternalSecret): number {
  return milliseconds(spec.refreshInterval) ?? DEFAULT_INTERVAL_MS;
}

/** The time moves when something changed and after each interval, not with every look: that would be a write each time. */
async function synced(secret: ExternalSecret, changed: boolean, cluster: ClusterView): Promise<void> {
  const { refreshTime = "1970-01-01T00:00:00Z", syncedResourceVersion, conditions } = secret.status ?? {};
  const version = versionOf(secret);
  const stale =
    changed || syncedResourceVersion !== version || Date.now() - Date.parse(refreshTime) >= intervalOf(secret);
  await setStatus(cluster, EXTERNAL_SECRETS, secret, {
    conditions: withCondition(conditions, {
      type: "Ready",
      status: "True",
      reason: "SecretSynced",
      message: "secret synced",
    }),
    refreshTime: stale ? timestamp() : refreshTime,
    syncedResourceVersion: version,
    binding: { name: targetOf(secret).name },
  });
}

async function failed(secret: ExternalSecret, message: string, cluster: ClusterView): Promise<void> {
  const condition = { type: "Ready", status: "False", reason: "SecretSyncedError", message } as const;
  await setStatus(cluster, EXTERNAL_SECRETS, secret, {
    conditions: withCondition(secret.status?.conditions, condition),
  });
}
