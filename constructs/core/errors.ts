import type { Json } from "./json";

/** One thing that is wrong, in words a user can act on. */
export interface Issue {
  /** Construct path, or `file:line path` for configuration. */
  readonly where: string;
  readonly problem: string;
  /** The value found. */
  readonly value?: Json;
  /** What would be right. */
  readonly fix: string;
}

/** An error that is the user's to mend: printed without a stack trace, exit code 1. */
export class StrataError extends Error {
  constructor(readonly issues: readonly Issue[]) {
    super(formatIssues(issues));
    this.name = "StrataError";
  }

  /** An error with a single issue. */
  static of(issue: Issue): StrataError {
    return new StrataError([issue]);
  }
}

/** Renders issues for a terminal, one paragraph each. */
export function formatIssues(issues: readonly Issue[]): string {
  const head = issues.length === 1 ? "1 problem:" : `${issues.length} problems:`;
  return [head, ...issues.map((issue) => `  ${issue.where}\n    ${describe(issue)}`)].join("\n");
}

/** Problem, value and fix of an issue on one line, without its place. */
export function describe(issue: Omit<Issue, "where">): string {
  const value = issue.value === undefined ? "" : ` (found ${JSON.stringify(issue.value)})`;
  return issue.fix === "" ? `${issue.problem}${value}` : `${issue.problem}${value}. ${issue.fix}`;
}
