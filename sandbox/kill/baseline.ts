import type { WorldObject } from "../providers/world/world";
import { Failure } from "../run/failure";
import { stackFolder } from "../run/program";
import { replan } from "../run/replan";
import type { Bench, Snapshot } from "./bench";
import { type AppliedCall, CallCounter } from "./calls";
import { terraformApply } from "./ways";

/** What an undisturbed run starts from and ends with. */
export interface Baseline {
  readonly before: Snapshot;
  /** What exists afterwards. */
  readonly after: readonly WorldObject[];
}

/** A stack as an undisturbed run applies it. */
export interface StackBaseline extends Baseline {
  readonly stack: string;
  /** Every call of its apply. */
  readonly calls: readonly AppliedCall[];
}

/** Applies the stacks one after the other and counts the calls. */
export async function measure(bench: Bench, stacks: readonly string[]): Promise<StackBaseline[]> {
  for (const stack of stacks) await initialise(bench, stack);
  const measured: StackBaseline[] = [];
  for (const stack of stacks) {
    const before = bench.snapshot();
    const counter = new CallCounter(stack);
    await bench.listen(
      (call) => void counter.identify(call),
      () => terraformApply(stack).apply(bench),
    );
    await nothingToPlan(bench, [stack]);
    measured.push({ stack, before, after: bench.snapshot().objects, calls: counter.calls });
  }
  return measured;
}

/** Fails with the changes that a plan shows. */
export async function nothingToPlan({ terraform, paths }: Bench, stacks: readonly string[]): Promise<void> {
  const drifts = await replan({ terraform, out: paths.out, ids: stacks, parallel: 1, done: () => undefined });
  if (drifts.length === 0) return;
  throw new Failure(`A plan is not empty.\n${drifts.map(({ id, changes }) => `${id}:\n${changes}`).join("\n")}`);
}

async function initialise({ terraform, paths }: Bench, stack: string): Promise<void> {
  const { code, output } = await terraform.init(stackFolder(paths.out, stack));
  if (code !== 0) throw new Failure(`terraform init of ${stack} fails:\n${output.trim()}`);
}
