/** Something a person can act on: printed as it is, without a stack trace, with exit code 1. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** The run was stopped from outside. */
export class Interrupted extends Failure {
  constructor() {
    super("Interrupted. Nothing is left running; the next run goes on from here.", 130);
  }
}
