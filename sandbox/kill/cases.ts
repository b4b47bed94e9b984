import { Failure } from "../run/failure";
import { type AppliedCall, callKey } from "./calls";

/** A moment at which Terraform is killed. */
export interface KillCase {
  /** Number of the call in the whole program, from 1; the same in every run over the same program. */
  readonly number: number;
  /**
   * `before`: the API was not reached. `after`: it has done its work, and Terraform never hears of it. `during`: Helm
   * has begun a release and has not ended it.
   */
  readonly phase: "before" | "during" | "after";
  readonly call: AppliedCall;
}

/** Every moment of these calls. They are numbered in an order that does not depend on the run that counted them. */
export function casesOf(stacks: readonly string[], calls: readonly AppliedCall[]): KillCase[] {
  const place = ({ stack }: AppliedCall): number => stacks.indexOf(stack);
  const sorted = [...calls].sort((a, b) => place(a) - place(b) || (callKey(a) < callKey(b) ? -1 : 1));
  return sorted.flatMap((call, index) => phasesOf(call).map((phase) => ({ number: index + 1, phase, call })));
}

/** What APIs do at once has no middle; a release takes minutes, and it is Helm in Terraform's process that makes it. */
function phasesOf({ rpc, type }: AppliedCall): readonly KillCase["phase"][] {
  const takesLong = rpc === "ApplyResourceChange" && type === "helm_release";
  return takesLong ? ["before", "during", "after"] : ["before", "after"];
}

/** How a case is named on the command line. */
export function nameOf({ number, phase }: KillCase): string {
  return `${number}:${phase}`;
}

/** The cases that a command names, as in `163:after,164:before`. */
export function namedCases(cases: readonly KillCase[], names: string): KillCase[] {
  return names.split(",").map((name) => {
    const found = cases.find((each) => nameOf(each) === name.trim());
    if (found !== undefined) return found;
    const last = cases.at(-1)?.number ?? 0;
    throw new Failure(`There is no case ${name.trim()}. A case is named as in 12:after; numbers end at ${last}.`);
  });
}

/**
 * Some of the cases, spread over types, calls and phases: what was made and not told first, because only that can be
 * lost. The same seed gives the same cases.
 */
export function sampleOf(cases: readonly KillCase[], count: number, seed: number): KillCase[] {
  const random = generator(seed);
  const shuffled = [...cases]
    .map((each) => ({ each, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ each }) => each);
  const groups = new Map<string, KillCase[]>();
  for (const each of shuffled) {
    const key = groupOf(each);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const order = [...groups.values()].sort(([a], [b]) => weight(a) - weight(b));
  const picked: KillCase[] = [];
  for (let round = 0; picked.length < Math.min(count, cases.length); round++) {
    for (const group of order) {
      const next = group[round];
      if (next !== undefined && picked.length < count) picked.push(next);
    }
  }
  return cases.filter((each) => picked.includes(each));
}

function groupOf({ call: { provider, rpc, type }, phase }: KillCase): string {
  return [provider, rpc, type, phase].join(" ");
}

function weight(each: KillCase | undefined): number {
  if (each?.call.rpc !== "ApplyResourceChange") return 2;
  return each.phase === "before" ? 1 : 0;
}

/** A small generator of numbers from 0 to 1 (mulberry32): what is drawn has to be drawn again by the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
