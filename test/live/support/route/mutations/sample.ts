import { byKind, type Mutant } from "./mutant";

/**
 * Some of all mutants: by chance, but always the same for a seed, and of each kind of edit as many as it has of all, at
 * least a few.
 */
export function sampleOf(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  const next = random(seed);
  const chosen = [...byKind(mutants).values()].flatMap((all) => {
    const share = Math.max(FEWEST, Math.ceil((all.length * count) / mutants.length));
    return shuffled(all, next).slice(0, share);
  });
  return shuffled(chosen, next);
}

/** Least of each kind. */
const FEWEST = 6;

/** Others in another order. */
export function shuffled<T>(all: readonly T[], next: () => number): T[] {
  return all
    .map((each) => ({ each, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ each }) => each);
}

/** Numbers from 0 to 1 that a seed determines. @see https://en.wikipedia.org/wiki/Linear_congruential_generator */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
