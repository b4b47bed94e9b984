/** The stores of an environment: what its document says, laid over its profile. */
import { SMALLEST_STORES } from "../built-in-profiles";
import type { DataStores, StoreSize } from "../model";
import type { DataDocument, Profile } from "../profiles";
import { resolveGenerations } from "./generations";
import { overlay } from "./overlay";

/** What a document says about a store that is there. */
type Section<K extends keyof DataDocument> = Exclude<DataDocument[K], false | undefined>;

/** The stores of an environment. */
export function resolveData(profile: Profile, written: DataDocument | undefined): DataStores {
  const defaults = profile.environment.data;
  const postgresql = section<Section<"postgresql">>(defaults?.postgresql, written?.postgresql);
  const clickhouse = section<Section<"clickhouse">>(defaults?.clickhouse, written?.clickhouse);
  const redis = section<Section<"redis">>(defaults?.redis, written?.redis);
  return {
    postgresql: postgresql && {
      ...sizeOf(postgresql, SMALLEST_STORES.postgresql),
      instances: postgresql.instances ?? SMALLEST_STORES.postgresql.instances,
      poolers: postgresql.poolers ?? 0,
      generations: resolveGenerations(postgresql),
    },
    clickhouse: clickhouse && {
      ...sizeOf(clickhouse, SMALLEST_STORES.clickhouse),
      generations: resolveGenerations(clickhouse),
    },
    redis: redis && { ...sizeOf(redis, SMALLEST_STORES.redis), engine: redis.engine ?? "valkey" },
  };
}

/** A store as its document says it over its profile; `false` if the last of them to speak leaves it out. */
function section<T extends object>(base: false | T | undefined, over: false | T | undefined): false | Partial<T> {
  if ((over ?? base) === false) return false;
  return overlay<Partial<T>>(base || {}, over || undefined);
}

function sizeOf(
  written: { readonly storage?: string; readonly cpu?: string | number; readonly memory?: string },
  smallest: StoreSize,
): StoreSize {
  return {
    storage: written.storage ?? smallest.storage,
    cpu: String(written.cpu ?? smallest.cpu),
    memory: written.memory ?? smallest.memory,
  };
}
