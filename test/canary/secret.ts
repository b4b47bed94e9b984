/** A value that may be at its listed places only. */
export interface Canary {
  /** Where the value belongs and its key, as in `staging/openpanel:postgres_password`: what a report may say of it. */
  readonly id: string;
  readonly value: string;
  /**
   * Whether only the whole value is secret: a connection URL is made of a password, which is looked for by itself, and
   * of names that everybody may know.
   *
   * @default false
   */
  readonly wholeOnly?: boolean;
}

/** Shorter texts turn up by chance. */
export const SHORTEST = 12;

/** A value of which nobody can say whether it leaked: it is too short to be told from other text. */
export class TooShort extends Error {
  constructor({ id, value }: Canary) {
    super(`${id} has ${value.length} characters, and ${SHORTEST} are the fewest that can be looked for.`);
  }
}
