import type { Keeper } from "../engine";

const START = "Kept by strata identity sync for ";

/** Tells, in a description that people see, whose an object is. */
export function markFor(environment: string | undefined): string {
  return `${START}${environment === undefined ? "the platform" : `environment ${environment}`}.`;
}

/** Whose an object is by its description. */
export function keeperOf(description: string): Keeper {
  const [whole, environment] =
    /^Kept by strata identity sync for (?:the platform|environment ([a-z0-9-]+))\./.exec(description) ?? [];
  if (whole === undefined) return "somebody else";
  return environment === undefined ? {} : { environment };
}

/** The description with the mark in front; what people wrote behind it is kept. */
export function marked(description: unknown, environment: string | undefined): string {
  const mark = markFor(environment);
  return typeof description === "string" && description.startsWith(mark) ? description : mark;
}
