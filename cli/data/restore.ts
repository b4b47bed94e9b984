import { writeFileSync } from "node:fs";
import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import type { Recovery } from "../../constructs/data/generations";
import type { Session } from "../session";
import { type ChangeOptions, EXIT, jsonHead, printDiff, shownDocument, writeStep } from "./apply";
import { readConfiguration } from "./configuration";
import { checkMoment, readMoment } from "./moment";
import { type RestorePlan, restorePlan, type Step } from "./plan";
import { markdown, printPlan, printStep } from "./render";
import { isRestore, sourceOf, standingOf } from "./standing";
import type { Change } from "./steps";
import { type BackedUpStore, findBackedUp } from "./stores";

export interface RestoreOptions extends ChangeOptions {
  /** Moment to restore to. @default - the newest state that was backed up */
  readonly to?: string;
  /** Generation whose backups are restored. @default - the one whose backups have that moment */
  readonly from?: number;
  /** Number of the new generation. @default - the next one */
  readonly generation?: number;
  /** File for the whole plan, as a page. @default - none */
  readonly output?: string;
}

/**
 * `strata data restore`: plans a restore beside what serves, and writes its first step. 0 the step is written, 2 it
 * would be. Asked again, it says which step comes next.
 */
export async function dataRestore(
  session: Session,
  name: string,
  storeName: string,
  options: RestoreOptions,
): Promise<number> {
  const configuration = readConfiguration(options, name, session);
  const found = findBackedUp(configuration.environment, storeName);
  const plan = restorePlan(configuration, found, changeOf(configuration.environment.name, found, options));
  const document = shownDocument(configuration, session);
  const [first] = plan.steps;
  const write = options.write === true && first?.state === "next";
  const diff = write ? writeStep(configuration, found.store, first) : undefined;
  const current = write ? { ...plan, steps: advanced(plan.steps) } : plan;
  if (options.output !== undefined) writePage(path.resolve(session.cwd, options.output), markdown(current, document));
  if (options.json) {
    const { steps, ...rest } = current;
    const report = { ...jsonHead(configuration, found.store), ...rest, document, steps, written: write, diff };
    session.terminal.out(JSON.stringify(report, null, 2));
  } else {
    printPlan(session, current);
    const shown = write ? first : current.steps.find(({ state }) => state === "next");
    if (shown !== undefined) printStep(session, shown, document);
    if (diff !== undefined) printDiff(session, document, diff);
  }
  session.terminal.err(`\n${outlook(current, document, options)}`);
  return current.steps[0]?.state === "next" ? EXIT.changes : EXIT.done;
}

/** After the first open step was written. */
function advanced(steps: readonly Step[]): readonly Step[] {
  const open = steps.findIndex(({ state }) => state === "next");
  return steps.map((step, index) => {
    if (index < open) return step;
    return { ...step, state: index === open ? "done" : index === open + 1 ? "next" : "later" };
  });
}

function outlook({ steps, generation }: RestorePlan, document: string, { output }: RestoreOptions): string {
  const page = output === undefined ? "" : ` The whole plan stands in ${output}.`;
  const next = steps.find(({ state }) => state === "next");
  if (next === undefined) return `Generation ${generation} serves, and nothing is left to do.${page}`;
  if (next.number === 1) return `Nothing was changed; --write changes ${document}.${page}`;
  return `Step ${next.number - 1} stands in ${document}. When it is deployed and looked at, next: ${next.command}${page}`;
}

function writePage(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch {
    throw StrataError.of({ where: file, problem: "cannot be written", fix: "Name another file with --output." });
  }
}

/** Which restore is meant: one that has begun, or a new one. */
function changeOf(environment: string, found: BackedUpStore, options: RestoreOptions): Change {
  const { generations, store } = found;
  const to = options.to === undefined ? undefined : readMoment(options.to);
  const from = options.from ?? sourceOf(generations, to);
  const recover: Recovery = to === undefined ? { from } : { from, to };
  const begun = options.generation === undefined ? begunChange(found, recover) : undefined;
  if (begun !== undefined) return begun;
  const { numbers, newer, older, serving } = standingOf(generations);
  const command = (verb: string, number: number) => `strata data ${verb} ${environment} ${store} ${number}`;
  for (const number of newer) {
    const { from: source, to: moment = "the newest state" } = generations.all[number]?.recover ?? { from: "nothing" };
    const problem = `another restore is under way: generation ${number} (from ${source}, to ${moment}) does not serve yet`;
    const fix = `Finish it with \`${command("switch", number)}\`, or give it up with \`${command("retire", number)}\`.`;
    throw StrataError.of({ where: `${environment} ${store}`, problem, fix });
  }
  for (const number of older) {
    const problem = `generation ${number} is still there beside ${serving}, which serves: the last restore is not finished`;
    throw StrataError.of({
      where: `${environment} ${store}`,
      problem,
      fix: `Run \`${command("retire", number)}\` first.`,
    });
  }
  if (to !== undefined) checkMoment(to, Date.now(), found.backups.retentionDays);
  return { old: serving, generation: newNumber(Math.max(...numbers), from, options.generation), recover };
}

/** A restore that is in the document already: whoever asks again wants to know how it goes on. */
function begunChange({ generations }: BackedUpStore, recover: Recovery): Change | undefined {
  const { numbers, newer, older, serving } = standingOf(generations);
  const waiting = newer.find((number) => isRestore(generations.all[number], recover));
  if (waiting !== undefined) return { old: serving, generation: waiting, recover };
  const own = generations.all[serving]?.recover;
  if (own === undefined || newer.length > 0) return undefined;
  // Without a moment, the source was chosen anew: it is the generation that serves by now.
  const same = isRestore({ recover: own }, recover) || (recover.to === undefined && own.to === undefined);
  if (!same || (older.length === 0 && recover.to === undefined)) return undefined;
  return { old: older.at(-1) ?? own.from, generation: Math.max(...numbers), recover: own };
}

function newNumber(newest: number, from: number, asked = newest + 1): number {
  const refuse = (where: string, problem: string, value: number, fix: string) =>
    StrataError.of({ where, problem, value, fix });
  if (asked <= newest) {
    throw refuse("--generation", `generation ${newest} is there already`, asked, `Take one after ${newest}.`);
  }
  if (asked > 999) throw refuse("--generation", "no store has so many generations", asked, "Take one up to 999.");
  if (from >= asked) {
    throw refuse(
      "--from",
      "there is no such generation yet",
      from,
      `Take one before ${asked}; it may be gone already.`,
    );
  }
  return asked;
}
