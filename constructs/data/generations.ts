/**
 * A store can be there more than once: a restore makes a new generation beside the one that serves, and what serves is
 * switched over when the new one has been looked at. All generations of a store have its size, databases and users.
 */
export interface Generations {
  /** The generation behind the store's Service. */
  readonly serving: number;
  /** Every generation that exists, by number; the serving one is among them. */
  readonly all: Readonly<Record<number, Generation>>;
}

export interface Generation {
  /** What the generation starts from. @default - empty */
  readonly recover?: Recovery;
}

/** State of another generation that a new one starts from. It is read from backups, so the other may be gone. */
export interface Recovery {
  /** Number of the other generation. */
  readonly from: number;
  /** Moment to recover to, ISO 8601 in UTC. @default - the newest state that was backed up */
  readonly to?: string;
}

/** What there is before anything was restored. */
export const FIRST_GENERATION: Generations = { serving: 1, all: { 1: {} } };

/** Name of one generation of a store; the first has the store's own. */
export function generationName(store: string, generation: number): string {
  return generation === 1 ? store : `${store}-${generation}`;
}
