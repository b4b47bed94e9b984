import { type Generation, generationName } from "../../constructs/data/generations";
import { loadPlatform } from "../../schema/load";
import type { Environment } from "../../schema/model";
import type { Session } from "../session";
import { renderTable } from "../terminal/table";
import { EXIT } from "./apply";
import { type ConfigurationOptions, folderOf, readConfiguration } from "./configuration";
import { standingOf } from "./standing";
import { STORES } from "./stores";

export interface StatusOptions extends ConfigurationOptions {
  readonly json?: boolean;
}

interface ListedGeneration extends Generation {
  readonly number: number;
  /** Name of its objects in the cluster. */
  readonly name: string;
}

/** One store of an environment, as the configuration has it. */
interface StoreStatus {
  readonly environment: string;
  readonly store: string;
  /** `false` when it is switched off. */
  readonly present: boolean;
  /** @default - it has no generations */
  readonly serving?: number;
  readonly generations?: readonly ListedGeneration[];
  /** `false` when nothing of it is kept. */
  readonly backups: false | { readonly schedule: string; readonly retentionDays: number };
  /** What comes next, where a restore is under way. */
  readonly next?: string;
}

/** `strata data status`: 0 every store has one generation, 2 a restore is under way, 1 a problem. */
export async function dataStatus(session: Session, name: string | undefined, options: StatusOptions): Promise<number> {
  const environments =
    name === undefined
      ? loadPlatform(folderOf(options, session)).environments
      : [readConfiguration(options, name, session).environment];
  const stores = environments.flatMap((environment) => STORES.map((store) => statusOf(environment, store)));
  const { terminal } = session;
  if (options.json) terminal.out(JSON.stringify({ schemaVersion: 1, stores }, null, 2));
  else terminal.out(renderTable([["Environment", "Store", "Serving", "Beside it", "Backups"], ...stores.map(row)]));
  for (const { next } of stores) if (next !== undefined) terminal.err(`Next: ${next}`);
  return stores.some(({ next }) => next !== undefined) ? EXIT.changes : EXIT.done;
}

function statusOf({ name, data, backups }: Environment, store: (typeof STORES)[number]): StoreStatus {
  const base = { environment: name, store };
  if (store === "redis") return { ...base, present: data.redis !== false, backups: false };
  const settings = data[store];
  if (settings === false) return { ...base, present: false, backups: false };
  const { serving, numbers, newer, older } = standingOf(settings.generations);
  const [step, number] = newer.length > 0 ? ["switch", newer[0]] : ["retire", older[0]];
  return {
    ...base,
    present: true,
    serving,
    generations: numbers.map((each) => ({
      number: each,
      name: generationName(store, each),
      ...settings.generations.all[each],
    })),
    backups,
    ...(number === undefined ? {} : { next: `strata data ${step} ${name} ${store} ${number}` }),
  };
}

function row({ environment, store, present, serving, generations = [], backups }: StoreStatus): readonly string[] {
  if (!present) return [environment, store, "switched off", "-", "-"];
  if (serving === undefined) return [environment, store, "-", "-", "none: queues and caches"];
  const own = generations.find(({ number }) => number === serving);
  const others = generations.filter(({ number }) => number !== serving);
  const kept = backups === false ? "none" : `${backups.schedule} UTC, kept ${backups.retentionDays} days`;
  return [environment, store, own === undefined ? "-" : label(own), others.map(label).join(", ") || "-", kept];
}

function label({ number, recover }: ListedGeneration): string {
  if (recover === undefined) return `${number}`;
  return `${number} (from ${recover.from}${recover.to === undefined ? "" : `, to ${recover.to}`})`;
}
