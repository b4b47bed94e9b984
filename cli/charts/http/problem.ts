/** A request that did not give what was asked for: said to the user as the reason why a chart is not there. */
export class FetchProblem extends Error {
  constructor(
    /** What is wrong, as in `answered 404`. */
    message: string,
    /** What to do about it. */
    readonly fix: string,
    /** Whether trying again may help. */
    readonly passing = false,
    /** HTTP status of the answer, if there was one. */
    readonly status?: number,
  ) {
    super(message);
    this.name = "FetchProblem";
  }
}
