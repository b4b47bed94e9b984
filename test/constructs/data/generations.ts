import type { Generations } from "../../../constructs/data/generations";

/** The first serves, the second is recovered from its backups to a moment. */
export const RECOVERED: Generations = {
  serving: 1,
  all: { 1: {}, 2: { recover: { from: 1, to: "2026-11-20T10:00:00Z" } } },
};

/** The same when the second serves. */
export const SWITCHED: Generations = { ...RECOVERED, serving: 2 };
