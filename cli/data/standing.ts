import type { Generation, Generations, Recovery } from "../../constructs/data/generations";

/** Where a store stands on the way from one generation to the next. */
export interface Standing {
  readonly serving: number;
  /** Every generation, in order. */
  readonly numbers: readonly number[];
  /** Restored and not switched to. */
  readonly newer: readonly number[];
  /** Switched away from and still there. */
  readonly older: readonly number[];
}

export function standingOf({ serving, all }: Generations): Standing {
  const numbers = Object.keys(all)
    .map(Number)
    .sort((a, b) => a - b);
  return {
    serving,
    numbers,
    newer: numbers.filter((number) => number > serving),
    older: numbers.filter((number) => number < serving),
  };
}

/**
 * The generation whose backups have a moment. A restored generation has nothing of before the moment that it was
 * restored to: that stands in the backups of the one it came from.
 */
export function sourceOf({ serving, all }: Generations, to: string | undefined): number {
  const before = (number: number): number => {
    const recover = all[number]?.recover;
    if (to === undefined || recover?.to === undefined || to > recover.to) return number;
    return before(recover.from);
  };
  return before(serving);
}

/** Whether a generation was made by this restore. */
export function isRestore(generation: Generation | undefined, { from, to }: Recovery): boolean {
  return generation?.recover?.from === from && generation.recover.to === to;
}

/** The same with a generation more. */
export function added({ serving, all }: Generations, number: number, recover: Recovery): Generations {
  return { serving, all: { ...all, [number]: { recover } } };
}

/** The same with another one that serves. */
export function switched({ all }: Generations, serving: number): Generations {
  return { serving, all };
}

/** The same without one of them. */
export function retired({ serving, all }: Generations, number: number): Generations {
  return { serving, all: Object.fromEntries(Object.entries(all).filter(([key]) => key !== String(number))) };
}
