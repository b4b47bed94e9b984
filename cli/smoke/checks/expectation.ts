import type { Row } from "../program/rows";
import { answered, answeredByLogin, type Judge, refused, sentToLogin, unauthorized } from "./judges";
import { callbackPath, isGatePath } from "./login";

/** What a class says of a browser and of a program in one. */
export interface Expectation {
  readonly browser: readonly [expected: string, judge: Judge];
  readonly xhr: readonly [expected: string, judge: Judge];
}

/** What a row's class promises. */
export function expectationOf(row: Row, loginHosts: ReadonlySet<string>): Expectation {
  if (row.class === "denied") {
    const status = row.rendered.treatment.refuses ?? 403;
    return { browser: [`${status}`, refused(status)], xhr: [`${status}`, refused(status)] };
  }
  if (row.class === "gated")
    return { browser: ["login, and back here", sentToLogin(callbackPath(row))], xhr: ["401", unauthorized] };
  // A login may send a browser to the next one: that is what it is for.
  if (loginHosts.has(row.host) || isGatePath(row.path)) {
    return { browser: ["the login answers", answeredByLogin], xhr: ["the login answers", answeredByLogin] };
  }
  return { browser: ["the application answers", answered], xhr: ["the application answers", answered] };
}
