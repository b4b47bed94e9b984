import { type ProviderCall, subjectOf } from "../providers/observer";
import { at } from "../providers/wire/paths";
import type { WorldObject } from "../providers/world/world";
import { Failure } from "../run/failure";
import { type Baseline, nothingToPlan } from "./baseline";
import type { Bench } from "./bench";
import { CallCounter, callKey } from "./calls";
import type { KillCase } from "./cases";
import { difference, keyOf, label, outsideStates } from "./objects";
import { recover } from "./recover";
import type { Way } from "./ways";

/** What became of one case. */
export interface CaseResult {
  readonly kill: KillCase;
  /** `alone`: recovery found nothing to do, and the next run converged. `recovered`: it did after a recovery. */
  readonly outcome: "alone" | "recovered" | "failed";
  /** Why it failed. */
  readonly reason?: string;
  /** What existed in no state after the kill. */
  readonly lost: readonly string[];
  /** What recovery did, in its own words. */
  readonly recovery: readonly string[];
  /** What the next run would have done without it; tried where something was lost. */
  readonly without?: Unaided;
  readonly seconds: number;
}

/** A next run without recovery. */
export type Unaided = "converges" | "fails" | "makes a second object";

/** What a case works with. */
export interface CaseOptions {
  readonly bench: Bench;
  readonly way: Way;
  readonly baseline: Baseline;
  /**
   * Nothing that the killed run did has reached a state: a remote one is written every 20 seconds only, where a local
   * one is written after every object. @default false
   */
  readonly loseStates?: boolean;
}

/** Kills an apply at one moment, recovers once, runs again, and compares what there is with an undisturbed run. */
export async function runCase(options: CaseOptions, kill: KillCase): Promise<CaseResult> {
  const { bench, baseline } = options;
  const started = performance.now();
  const done: { lost: string[]; recovery: string[]; without?: Unaided } = { lost: [], recovery: [] };
  const result = (outcome: CaseResult["outcome"], reason?: string): CaseResult => ({
    kill,
    outcome,
    ...done,
    ...(reason !== undefined && { reason }),
    seconds: Math.round((performance.now() - started) / 10) / 100,
  });
  try {
    bench.restore(baseline.before);
    await killApply(options, kill);
    if (options.loseStates) baseline.before.states.restore();
    const survived = bench.world.find(undefined);
    done.lost = outsideStates(bench.world, bench.paths.state).map(label);
    if (done.lost.length > 0) done.without = await tryUnaided(options);
    done.recovery = await recover(bench);
    await converge(options);
    keptAll(options, survived);
    return result(done.recovery.length === 0 ? "alone" : "recovered");
  } catch (error) {
    if (error instanceof Failure) return result("failed", error.message);
    throw error;
  }
}

async function killApply({ bench, way }: CaseOptions, { call, phase }: KillCase): Promise<void> {
  const counter = new CallCounter(call.stack);
  const moment = phase === "before" ? "before" : "after";
  const meets = (made: ProviderCall): boolean =>
    callKey(counter.identify(made)) === callKey(call) && made.phase === moment;
  // It fails, as it was killed; the call that did not come is told instead.
  const work = () =>
    way.apply(bench).catch((error: unknown) => void (error instanceof Failure || Promise.reject(error)));
  const killed = await bench.killAt(meets, work);
  if (killed === undefined) throw new Failure("The apply ended without this call.");
  if (phase === "during") leavePending(bench, killed);
}

/** What Helm leaves when it ends in the middle: a release that waits for an end that never comes. */
function leavePending({ world }: Bench, { type, subject }: ProviderCall): void {
  for (const object of world.find(type, ({ values }) => subjectOf(values) === subject)) {
    const first = Number(at(object.values, "metadata.revision")) === 1;
    world.put({ ...object, values: { ...object.values, status: first ? "pending-install" : "pending-upgrade" } });
  }
}

/** Runs again without recovery and puts everything back. */
async function tryUnaided({ bench, way, baseline }: CaseOptions): Promise<Unaided> {
  const killed = bench.snapshot();
  const fails = await way.apply(bench).then(
    () => false,
    (error: unknown) => error instanceof Failure || Promise.reject(error),
  );
  const converged = difference(bench.world.find(undefined), baseline.after).length === 0;
  bench.restore(killed);
  if (fails) return "fails";
  return converged ? "converges" : "makes a second object";
}

/** What survived the kill is there to the end: nothing was made anew that only had to be taken in. */
function keptAll({ bench, baseline }: CaseOptions, survived: readonly WorldObject[]): void {
  const left = new Set(baseline.after.map(keyOf));
  const goes = new Set(baseline.before.objects.map(keyOf).filter((key) => !left.has(key)));
  const gone = survived.filter((object) => !bench.world.has(keyOf(object)) && !goes.has(keyOf(object)));
  if (gone.length > 0) throw new Failure(`Destroyed, and made again: ${gone.map(label).join(", ")}.`);
}

/** The next run has to succeed, to leave nothing to plan, and to end with what an undisturbed run ends with. */
async function converge({ bench, way, baseline }: CaseOptions): Promise<void> {
  await way.apply(bench);
  await nothingToPlan(bench, way.stacks);
  const differences = difference(bench.world.find(undefined), baseline.after);
  if (differences.length > 0) {
    throw new Failure(`What exists is not what an undisturbed run makes: ${differences.join(", ")}.`);
  }
  const outside = outsideStates(bench.world, bench.paths.state).map(label);
  if (outside.length > 0) throw new Failure(`These objects are in no state: ${outside.join(", ")}.`);
}
