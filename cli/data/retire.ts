import { StrataError } from "../../constructs/core/errors";
import type { Session } from "../session";
import { type ChangeOptions, carryOut, EXIT, jsonHead } from "./apply";
import { readConfiguration } from "./configuration";
import { retired, type Standing, standingOf } from "./standing";
import { type PlannedStep, retireStep } from "./steps";
import { type FoundStore, findStore } from "./stores";

/** `strata data retire`: removes a generation that does not serve. 0 it is gone from the document, 2 it would be. */
export async function dataRetire(
  session: Session,
  name: string,
  storeName: string,
  asked: number | undefined,
  options: ChangeOptions,
): Promise<number> {
  const configuration = readConfiguration(options, name, session);
  const found = findStore(configuration.environment, storeName);
  const { generations, store } = found;
  const standing = standingOf(generations);
  const generation = chosen(name, found, standing, asked);
  if (generation === undefined) {
    if (options.json) {
      session.terminal.out(JSON.stringify({ ...jsonHead(configuration, store), retired: asked, written: false }));
    }
    session.terminal.err(`Nothing is left to retire: generation ${standing.serving} of ${store} is the only one.`);
    return EXIT.done;
  }
  const step = retireStep(configuration, store, generation, retired(generations, generation));
  const givenUp = generation > standing.serving;
  return carryOut(session, configuration, store, givenUp ? spent(step, name, store, generation) : step, options);
}

/** `undefined` when it is gone already. */
function chosen(
  name: string,
  { store, generations }: FoundStore,
  { serving, numbers, newer, older }: Standing,
  asked: number | undefined,
): number | undefined {
  const refuse = (problem: string, fix: string) => StrataError.of({ where: `${name} ${store}`, problem, fix });
  const command = (verb: string, ...rest: readonly number[]) =>
    `\`strata data ${[verb, name, store, ...rest].join(" ")}\``;
  if (asked === serving) {
    throw refuse(
      `generation ${asked} serves: the applications use it`,
      `Let another one serve first: ${command("switch")}.`,
    );
  }
  if (asked !== undefined) {
    if (numbers.includes(asked)) return asked;
    if (asked < serving) return undefined;
    throw refuse(`there is no generation ${asked}`, `There are ${numbers.join(" and ")}.`);
  }
  const [first, second] = older;
  if (second !== undefined)
    throw refuse(`generations ${older.join(" and ")} are old`, `Name one: ${command("retire", older[0] ?? 1)}.`);
  if (first !== undefined) return first;
  const [waiting] = newer;
  if (waiting !== undefined) {
    const fix = `Switch first: ${command("switch", waiting)}. To give the restore up: ${command("retire", waiting)}.`;
    throw refuse(`generation ${waiting} does not serve yet, so ${serving} is still needed`, fix);
  }
  if (generations.all[serving]?.recover !== undefined) return undefined;
  throw refuse(`generation ${serving} is the only one`, `Nothing was restored: ${command("restore")} does that.`);
}

/** The name of what was given up is used: a restore that found it would take it as it is. */
function spent(step: PlannedStep, name: string, store: string, generation: number): PlannedStep {
  const next = `strata data restore ${name} ${store} --generation ${generation + 1}`;
  const note = `Number ${generation} is spent: its backups, and what is retained, bear its name. To restore again: ${next}`;
  return { ...step, notes: [...step.notes, note] };
}
