import type { Mutant } from "./mutant";
import { random, sampleOf, shuffled } from "./sample";

/** Which of all edits are tried. */
export interface Choice {
  /** Some of them, by chance; `all`, or one part of so many equal ones, as `1/4`. */
  readonly wanted: string;
  /** What chance goes by. */
  readonly seed: number;
  /** Folder of what was tried already, and is not tried again. @default - everything is tried */
  readonly journal?: string;
}

/** The choice that the environment makes: `STRATA_MUTATIONS`, `STRATA_MUTATION_SEED` and `STRATA_MUTATION_JOURNAL`. */
export function choiceOf(environment: NodeJS.ProcessEnv): Choice {
  const { STRATA_MUTATIONS: wanted = "160", STRATA_MUTATION_SEED = "1", STRATA_MUTATION_JOURNAL } = environment;
  const seed = Number(STRATA_MUTATION_SEED);
  if (!Number.isInteger(seed)) throw new Error(`STRATA_MUTATION_SEED is ${STRATA_MUTATION_SEED}; give a whole number.`);
  return { wanted, seed, ...(STRATA_MUTATION_JOURNAL && { journal: STRATA_MUTATION_JOURNAL }) };
}

/** The mutants to try, in the order in which they are tried. */
export function chosen(mutants: readonly Mutant[], { wanted, seed }: Choice): readonly Mutant[] {
  if (wanted === "all") return shuffled(mutants, random(seed));
  if (/^\d+$/.test(wanted)) return sampleOf(mutants, Number(wanted), seed);
  const [part = 0, parts = 0] = /^\d+\/\d+$/.test(wanted) ? wanted.split("/").map(Number) : [];
  if (part >= 1 && part <= parts) {
    return shuffled(mutants, random(seed)).filter((_each, index) => index % parts === part - 1);
  }
  throw new Error(`STRATA_MUTATIONS is ${wanted}; give a number, "all", or a part as 1/4.`);
}
