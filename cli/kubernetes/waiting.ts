import { StrataError } from "../../constructs/core/errors";
import { passes } from "./cluster-api";

/** How long a condition is waited for. */
export interface Patience {
  readonly timeoutMs: number;
  /** Milliseconds since any moment. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** What was seen: what was waited for, or what is still missing. */
export type Look<T> = { readonly done: T } | { readonly waitsFor: string };

/** How often it is looked. */
const INTERVAL_MS = 1000;

/**
 * Looks until it is done or the time is up, and answers with what was seen last. An API server that does not answer for a
 * moment does not end it.
 *
 * @param say takes what is still missing, whenever that changes
 */
export async function until<T>(
  { timeoutMs, now, sleep }: Patience,
  look: () => Promise<Look<T>>,
  say: (waitsFor: string) => void,
): Promise<Look<T>> {
  const deadline = now() + timeoutMs;
  let told: string | undefined;
  for (;;) {
    const seen = await look().catch((error: unknown): Look<T> => {
      if (!(error instanceof StrataError) || !passes(error)) throw error;
      return { waitsFor: error.issues.map(({ where, problem }) => `${where} ${problem}`).join("; ") };
    });
    if ("done" in seen || now() >= deadline) return seen;
    if (seen.waitsFor !== told) say(seen.waitsFor);
    told = seen.waitsFor;
    await sleep(INTERVAL_MS);
  }
}
