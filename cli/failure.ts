import { CommanderError } from "commander";
import { type Issue, StrataError } from "../constructs/core/errors";
import type { Session } from "./session";

/**
 * Tells what went wrong and gives the exit code. A user's mistake comes without a stack trace; anything else is ours,
 * and STRATA_DEBUG=1 shows where it happened. Properties of errors are never printed: they may hold a request.
 */
export function reportFailure(error: unknown, session: Session, json: boolean): number {
  // Commander has written its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  const issues = issuesOf(error);
  if (json) session.terminal.out(JSON.stringify({ schemaVersion: 1, problems: issues }, undefined, 2));
  session.terminal.err(session.terminal.colours.red(new StrataError(issues).message));
  if (error instanceof Error && !(error instanceof StrataError) && session.env.STRATA_DEBUG === "1") {
    session.terminal.err(error.stack ?? "");
  }
  return 1;
}

function issuesOf(error: unknown): readonly Issue[] {
  if (error instanceof StrataError) return error.issues;
  if (error instanceof Error && error.name === "ExitPromptError") {
    return [{ where: "strata", problem: "stopped at a question", fix: "Run it again: what is done stays done." }];
  }
  const problem = error instanceof Error ? error.message : String(error);
  return [{ where: "strata", problem, fix: "This is a defect of strata: STRATA_DEBUG=1 shows where it happened." }];
}
