/** Generations of a store: what exists, which one serves, and what each started from. */
import { FIRST_GENERATION, type Generation, type Generations } from "../../constructs/data/generations";
import { parseMoment } from "../fields/texts";
import type { Environment } from "../model";
import type { DataDocument } from "../profiles";
import { orList } from "../words";
import type { Context } from "./context";
import { below, type Place } from "./report";

/** What a document says of the generations of one store. */
interface WrittenGenerations {
  readonly serving?: number | undefined;
  readonly generations?: Readonly<Record<string, WrittenGeneration>> | undefined;
}
interface WrittenGeneration {
  readonly from?: number | undefined;
  readonly to?: string | undefined;
}

/** The generations of a store; without a word there is the first one. */
export function resolveGenerations({ serving, generations }: WrittenGenerations): Generations {
  const all: [string, Generation][] = Object.entries(generations ?? FIRST_GENERATION.all).map(([number, written]) => [
    number,
    resolveGeneration(written),
  ]);
  return { serving: serving ?? FIRST_GENERATION.serving, all: Object.fromEntries(all) };
}

function resolveGeneration({ from, to }: WrittenGeneration): Generation {
  if (from === undefined) return {};
  const moment = to === undefined ? undefined : parseMoment(to);
  return { recover: moment === undefined ? { from } : { from, to: moment } };
}

/** Refuses generations that nothing could be made of. */
export function checkGenerations(
  context: Context,
  environment: Pick<Environment, "name" | "data" | "backups">,
  written: DataDocument | undefined,
  place: Place,
): void {
  for (const store of ["postgresql", "clickhouse"] as const) {
    const settings = environment.data[store];
    const said = written?.[store];
    if (settings === false || said === undefined || said === false) continue;
    const at = below(place, store);
    checkServing(context, store, settings.generations, at);
    for (const [number, generation] of Object.entries(said.generations ?? {})) {
      const problem = { context, store, number: Number(number), place: below(at, "generations", number) };
      checkRecovery(problem, generation, environment);
    }
  }
}

function checkServing(context: Context, store: string, { serving, all }: Generations, place: Place): void {
  if (Object.hasOwn(all, serving)) return;
  const known = Object.keys(all);
  const fix =
    known.length === 0
      ? "List it under generations."
      : `Write ${orList(known)}, or list generation ${serving} under generations.`;
  context.report.add(below(place, "serving"), `${store} is served by generation ${serving}, which is not listed`, fix);
}

interface Found {
  readonly context: Context;
  readonly store: string;
  readonly number: number;
  readonly place: Place;
}

function checkRecovery(
  { context, store, number, place }: Found,
  { from, to }: WrittenGeneration,
  { name, backups }: Pick<Environment, "name" | "backups">,
): void {
  const what = `generation ${number} of ${store}`;
  if (from === undefined) {
    if (to === undefined) return;
    const fix = "Add from, the generation whose backups it starts from, or leave to out.";
    context.report.add(below(place, "to"), `${what} has a moment but nothing to recover from`, fix, to);
    return;
  }
  const at = below(place, "from");
  if (from >= number) {
    const problem = from === number ? `${what} starts from itself` : `${what} starts from a later one`;
    const fix =
      number === 1
        ? "Leave from out: the first generation begins empty."
        : `Write an earlier generation: ${number === 2 ? "1" : `1 to ${number - 1}`}. It may be gone already.`;
    context.report.add(at, problem, fix, from);
  } else if (backups === false) {
    const fix = "Switch backups on, or leave from and to out to begin empty.";
    context.report.add(at, `${what} starts from a backup, but environment ${name} has none`, fix, from);
  }
}
