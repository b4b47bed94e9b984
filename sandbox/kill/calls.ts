import type { ProviderCall } from "../providers/observer";

/**
 * One call of an apply, told by what it is about and not by its place: Terraform works on many objects at once, in
 * another order every time.
 */
export interface AppliedCall {
  readonly stack: string;
  readonly provider: string;
  readonly rpc: string;
  readonly type: string;
  readonly subject: string;
  /** Which of the calls that are equal in all of the above, from 1: planning asks what applying asks again. */
  readonly nth: number;
}

/** Tells the calls of one apply of a stack apart. */
export class CallCounter {
  private readonly seen = new Map<string, number>();
  private readonly known = new Map<number, AppliedCall>();

  constructor(private readonly stack: string) {}

  /** The call that this is; the same one in both of its phases. */
  identify({ number, provider, rpc, type, subject }: ProviderCall): AppliedCall {
    const known = this.known.get(number);
    if (known !== undefined) return known;
    const key = [provider, rpc, type, subject].join(" ");
    const nth = (this.seen.get(key) ?? 0) + 1;
    this.seen.set(key, nth);
    const call = { stack: this.stack, provider, rpc, type, subject, nth };
    this.known.set(number, call);
    return call;
  }

  /** All calls so far. */
  get calls(): readonly AppliedCall[] {
    return [...this.known.values()];
  }
}

/** A text that is equal for equal calls. */
export function callKey({ stack, provider, rpc, type, subject, nth }: AppliedCall): string {
  return [stack, provider, rpc, type, subject, nth].join(" ");
}
