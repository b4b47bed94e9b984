import type { RouteClass } from "../../../constructs/access/route-table/route";

/**
 * What can be wrong with a deployed route.
 *
 * - `open`: somebody gets in who must not
 * - `shut`: somebody is refused, or sent to the login, who must get in
 * - `forged`: a header that claims an identity, a host or an address comes through
 * - `login`: the way to the login is another one than declared
 * - `deep-link`: after the login the browser would not come back to the page
 * - `xhr`: a program in a browser gets something else than 401
 * - `missing`: the gateway has no route for it
 * - `limited`: a rate limit answered
 * - `down`: what stands behind does not answer
 * - `slow`: no answer in time
 * - `unreachable`, `dns`, `certificate`, `cleartext`, `hsts`: of the host itself
 */
export type Problem =
  | "open"
  | "shut"
  | "forged"
  | "login"
  | "deep-link"
  | "xhr"
  | "missing"
  | "limited"
  | "down"
  | "slow"
  | "unreachable"
  | "dns"
  | "certificate"
  | "cleartext"
  | "hsts";

/** What a judge says of a reply. */
export interface Judgement {
  readonly got: string;
  /** @default - as declared */
  readonly problem?: Problem;
}

/** A check of one row or of a host, done or left out. */
export interface CheckResult extends Judgement {
  readonly host: string;
  /** The row as the report names it; `undefined` for the host as a whole. */
  readonly row?: string;
  readonly class?: RouteClass;
  /** What was tried, such as `browser` or `forged headers`. */
  readonly check: string;
  readonly expected: string;
  readonly verdict: "ok" | "failed" | "skipped";
}
