import { StrataError } from "../../constructs/core/errors";
import type { Generations } from "../../constructs/data/generations";
import { suggest } from "../../schema/load/nearest";
import type { BackupSettings, Environment } from "../../schema/model";

/** Stores that have backups, and so generations. */
export const RESTORABLE = ["postgresql", "clickhouse"] as const;
export type RestorableStore = (typeof RESTORABLE)[number];

/** Stores that an environment may have. */
export const STORES = [...RESTORABLE, "redis"] as const;

/** A store of an environment that has generations. */
export interface FoundStore {
  readonly store: RestorableStore;
  readonly generations: Generations;
}

/** A store with what it is restored from. */
export interface BackedUpStore extends FoundStore {
  readonly backups: BackupSettings;
}

/**
 * Finds a store by its name.
 *
 * @throws StrataError when there is none of that name, when it is switched off, and when it is one without backups
 */
export function findStore(environment: Environment, name: string): FoundStore {
  const store = RESTORABLE.find((known) => known === name);
  if (store === undefined) throw StrataError.of({ where: "store", ...unknown(name), value: name });
  const settings = environment.data[store];
  if (settings !== false) return { store, generations: settings.generations };
  throw StrataError.of({
    where: `environment ${environment.name}`,
    problem: `${store} is switched off: nothing of it is there, and nothing is kept`,
    fix: `Remove "data.${store}: false" to have one, which begins empty.`,
  });
}

function unknown(name: string): { readonly problem: string; readonly fix: string } {
  if (name !== "redis") return { problem: "there is no such store", fix: suggest(name, STORES, "store") };
  return {
    problem: "redis has no backups and no generations: it holds queues, sessions of work and caches",
    fix: "Its append-only file on a volume survives restarts. docs/runbooks/restore.md says how to begin with an empty one.",
  };
}

/**
 * Finds a store that can be restored.
 *
 * @throws StrataError as {@link findStore}, and when the environment keeps no backups or is about to go
 */
export function findBackedUp(environment: Environment, name: string): BackedUpStore {
  const found = findStore(environment, name);
  const where = `environment ${environment.name}`;
  if (environment.lifecycle === "deleting") {
    const fix = 'Remove "lifecycle: deleting" first, if it shall live on.';
    throw StrataError.of({ where, problem: "the environment is being deleted", fix });
  }
  if (environment.backups === false) {
    const fix = "Configure backups in platform.yaml and here: what was never backed up can't be restored.";
    throw StrataError.of({ where, problem: "no backups are made of its stores", fix });
  }
  return { ...found, backups: environment.backups };
}
