import { setTimeout as pause } from "node:timers/promises";

/** How often to try and how long to wait between. */
export interface RetryPolicy {
  readonly attempts: number;
  /** Milliseconds before the second attempt; each further wait is twice as long. */
  readonly firstDelay: number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** Waits 3.75 s in all: long enough for a failover, short enough for a person. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, firstDelay: 250, sleep: (ms) => pause(ms) };

/** Waits before attempt `next` (the second is 2). */
export function backOff(policy: RetryPolicy, next: number): Promise<unknown> {
  return policy.sleep(policy.firstDelay * 2 ** (next - 2));
}

/** Runs until it succeeds, fails for a reason that does not pass, or the attempts are used up. */
export async function withRetries<T>(
  policy: RetryPolicy,
  passes: (error: unknown) => boolean,
  run: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= policy.attempts || !passes(error)) throw error;
      await backOff(policy, attempt + 1);
    }
  }
}
