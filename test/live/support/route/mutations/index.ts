import { again } from "../confirmed";
import type { World } from "../world";
import { isMutated } from "./bench";
import { type Choice, chosen } from "./choice";
import { mutantsOf } from "./edits";
import { type Equivalence, equivalenceOf, isUndetermined, type Known } from "./equivalents";
import { Journal } from "./journal";
import { Judge } from "./judge";
import { byKind, type Mutant, nameOf } from "./mutant";
import { type Outcome, Trial } from "./trial";

/** Longest time for one mutant, for the limit of the whole. */
const EACH_MS = 6000;

/** Every edit of a single field of what is rendered is seen by somebody who asks, or changes nothing. */
export function mutationTests(world: World, choice: Choice): void {
  const objects = world.rendered.objects.filter(isMutated);
  const judge = new Judge(world, objects);
  const hosts = world.rendered.tables.map(({ host }) => host);
  const all = mutantsOf(objects.filter(world.rendered.isOwn), hosts);
  const journal = choice.journal === undefined ? undefined : new Journal(choice.journal, objects);
  const picked = chosen(all, choice);
  const tried = journal?.left(picked) ?? picked;
  const known: Known = {
    objects,
    gateway: judge.gateway,
    refusing: judge.refusing,
    values: world.rendered.proxy.values,
  };
  const trial = new Trial(world, judge);

  test("what is rendered does what the tables say", async () => {
    expect(await trial.clean(judge.all())).toEqual([]);
  });

  test(
    `${tried.length} edits of a single field are seen, or change nothing`,
    async () => {
      const began = Date.now();
      const outcomes: Outcome[] = [];
      const unexpected: Outcome[] = [];
      const expected = new Map(tried.map((mutant) => [mutant, equivalenceOf(mutant, known)]));
      for (const [mutant, equivalence] of expected) {
        const isEither = isUndetermined(mutant) || equivalence?.mayBeSeen === true;
        // What is not as it is expected is tried again: once is no proof.
        const outcome = await again(
          () => trial.of(mutant),
          (found) => {
            const isAsSaid = isEither || (found.seen === undefined) === (equivalence !== undefined);
            const isExpected = isAsSaid && found.unmeasured === undefined;
            if (!isExpected) unexpected.push(found);
            return isExpected;
          },
        );
        outcomes.push(outcome);
        if (outcome.unmeasured === undefined) journal?.write(mutant, explanationOf(outcome, equivalence));
      }
      const named = (found: readonly Outcome[]) => found.map(({ mutant }) => nameOf(mutant));
      const equal = outcomes.filter(({ mutant }) => expected.get(mutant) !== undefined);
      const seen = outcomes.filter((each) => each.seen !== undefined);
      console.info(report(all, outcomes, equal.length, Date.now() - began, trial.restored));
      if (unexpected.length > 0) console.info(`not as expected at first:\n${unexpected.map(lineOf).join("\n")}`);
      expect(outcomes.filter((each) => each.unmeasured !== undefined).map(lineOf)).toEqual([]);
      // Nobody saw them, and there is no reason why nobody should.
      const unseen = outcomes.filter((each) => each.seen === undefined && !isUndetermined(each.mutant));
      expect(named(unseen.filter((each) => !equal.includes(each)))).toEqual([]);
      // There is a reason why nobody should see them, and somebody did.
      const wrong = equal.filter((each) => seen.includes(each) && expected.get(each.mutant)?.mayBeSeen !== true);
      expect(wrong.map(lineOf)).toEqual([]);
      expect(trial.notRestored).toEqual([]);
    },
    tried.length * EACH_MS,
  );

  test("then all is what it was before", async () => {
    for (const object of objects) await world.traffic.objects.apply([object]);
    expect(await trial.clean(judge.all())).toEqual([]);
  });
}

/** Why a mutant was seen, or why not; undefined when nothing says why not. */
function explanationOf({ mutant, seen }: Outcome, equivalence: Equivalence | undefined): string | undefined {
  if (seen !== undefined) return `${seen.check.name}: ${seen.deviation}`;
  return isUndetermined(mutant) ? "two rules of one priority" : equivalence?.reason;
}

function lineOf({ mutant, seen, unmeasured }: Outcome): string {
  return `${nameOf(mutant)}: ${seen?.deviation ?? unmeasured ?? "not seen"}`;
}

/** How many of each kind there are, were tried and were seen. */
function report(
  all: readonly Mutant[],
  outcomes: readonly Outcome[],
  equal: number,
  ms: number,
  restored: number,
): string {
  const kinds = [...byKind(all)].sort(([a], [b]) => a.localeCompare(b));
  const lines = kinds.map(([kind, of]) => {
    const own = outcomes.filter(({ mutant }) => mutant.kind === kind);
    const seen = own.filter((each) => each.seen !== undefined).length;
    return `${kind.padEnd(32)}${String(of.length).padStart(6)}${String(own.length).padStart(7)}${String(seen).padStart(7)}`;
  });
  const seen = outcomes.filter((each) => each.seen !== undefined).length;
  return [
    `${"kind of edit".padEnd(32)}${"all".padStart(6)}${"tried".padStart(7)}${"seen".padStart(7)}`,
    ...lines,
    `${all.length} edits, ${outcomes.length} tried in ${Math.round(ms / 1000)} s: ${seen} seen, ${equal} of no effect; ${restored} looked at again after they were taken back`,
  ].join("\n");
}
