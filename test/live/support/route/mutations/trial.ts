import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../../../../../constructs/core/json";
import { confirmed } from "../confirmed";
import { Inconclusive } from "../measure/flood";
import type { World } from "../world";
import { Bench, NotTaken } from "./bench";
import { type Check, type Judge, NEAR } from "./judge";
import type { Mutant } from "./mutant";

interface Sight {
  readonly check: Check;
  readonly deviation: string;
}

/** What became of a mutant. */
export interface Outcome {
  readonly mutant: Mutant;
  /** What saw it, and how; undefined when nothing did. */
  readonly seen: Sight | undefined;
  /** Why it cannot be said whether something sees it. @default - it can */
  readonly unmeasured?: string;
}

/** Kinds of objects that arrive in an order of their own, which the bench has no mark of. */
const UNMARKED = ["ServersTransport"];
const UNMARKED_WITHIN_MS = 1500;

/** What every change has to pass before anything is asked. */
const TAKEN: Check = { name: "Traefik takes changes", run: async () => [] };

/** Puts one mutant after the other in its place, and asks. */
export class Trial {
  private readonly bench: Bench;
  private before: Outcome | undefined;
  /** Mutants after which something was still not what it was before, with what. */
  readonly notRestored: string[] = [];
  /** How many were asked about once more after they were taken back. */
  restored = 0;

  constructor(
    world: World,
    private readonly judge: Judge,
  ) {
    this.bench = new Bench(world);
  }

  /** Tries a mutant, and looks meanwhile whether the one before it has left nothing. */
  async of(mutant: Mutant): Promise<Outcome> {
    const during = this.bench.during(mutant, async () => {
      await this.checkBefore(mutant);
      return this.sight(mutant).catch(unmeasured);
    });
    const found = await during.catch((error: unknown) => this.choked(error, mutant));
    this.before = { mutant, ...found };
    return this.before;
  }

  /** Runs checks of a world without a mutant. */
  async clean(checks: readonly Check[]): Promise<string[]> {
    const found: string[] = [];
    for (const check of checks) found.push(...(await confirmed(() => this.run(check))));
    return found;
  }

  /** What Traefik chokes on is seen by that; without it, it goes on by itself. */
  private async choked(error: unknown, { object }: Mutant): Promise<Pick<Outcome, "seen">> {
    if (!(error instanceof NotTaken)) throw error;
    await this.bench.recovered(object);
    return { seen: { check: TAKEN, deviation: error.message } };
  }

  private async sight(mutant: Mutant): Promise<Pick<Outcome, "seen">> {
    const deadline = Date.now() + (UNMARKED.includes(String(mutant.object.kind)) ? UNMARKED_WITHIN_MS : 0);
    for (;;) {
      const seen = await this.firstSight(mutant);
      if (seen !== undefined || Date.now() >= deadline) return { seen };
      await sleep(20);
    }
  }

  private async firstSight(mutant: Mutant): Promise<Sight | undefined> {
    for (const check of this.judge.checksOf(mutant)) {
      const [deviation] = await this.run(check);
      if (deviation !== undefined) return { check, deviation };
    }
    return undefined;
  }

  private async run(check: Check): Promise<readonly string[]> {
    const run = () =>
      check.run().catch((error: unknown) => {
        if (error instanceof Inconclusive) throw error;
        return [`${check.name}: no answer, ${String(error)}`];
      });
    return this.without(check.missing ?? [], run);
  }

  private without<T>([object, ...more]: readonly JsonObject[], work: () => Promise<T>): Promise<T> {
    if (object === undefined) return work();
    const gone: Mutant = { subject: "", object, mutated: undefined, path: [], kind: "object", edit: "is gone" };
    return this.bench.during(gone, () => this.without(more, work));
  }

  /** What saw the mutant before sees nothing any more, unless the present one can be seen in the same place. */
  private async checkBefore(present: Mutant): Promise<void> {
    const { before } = this;
    if (before?.seen === undefined || before.seen.check.missing !== undefined) return;
    if (before.seen.check.name !== NEAR || before.mutant.object === present.object) return;
    const [first, second] = [before.mutant, present].map((each) => new Set(this.judge.gateway.touchedBy(each)));
    if ([...(first ?? [])].some((index) => second?.has(index))) return;
    this.restored += 1;
    const left = await confirmed(before.seen.check.run);
    if (left[0] !== undefined) this.notRestored.push(`${before.mutant.subject}: ${before.mutant.edit}: ${left[0]}`);
  }
}

function unmeasured(error: unknown): Pick<Outcome, "seen" | "unmeasured"> {
  if (error instanceof Inconclusive) return { seen: undefined, unmeasured: error.message };
  throw error;
}
