import { StrataError } from "../../constructs/core/errors";

/** Why a provider did not do what was asked. */
export type IdentityFailureKind =
  | "unreachable"
  | "untrusted"
  | "denied"
  /** The answer may be another one in a moment. */
  | "busy"
  | "rejected";

/** A failed request to an identity provider, in words a user can act on; never with what was sent. */
export class IdentityFailure extends StrataError {
  constructor(
    readonly kind: IdentityFailureKind,
    where: string,
    problem: string,
    fix: string,
  ) {
    super([{ where, problem, fix }]);
    this.name = "IdentityFailure";
  }
}

/** Whether trying again may help. */
export function passes(error: unknown): boolean {
  return error instanceof IdentityFailure && ["unreachable", "busy"].includes(error.kind);
}
