import { describe, type Issue, StrataError } from "../../constructs/core/errors";
import type { Import } from "../../constructs/core/imports";
import type { Session } from "../session";
import { renderTable } from "../terminal/table";

/** One thing that was done or seen. */
export interface Line {
  readonly stack: string;
  /** Address of a resource, or a release with its revision. */
  readonly object: string;
  readonly what:
    | "import"
    /** It was in imports.json before, and waits for a deployment. */
    | "to be imported"
    | "import removed"
    | "release cleared"
    | "tainted"
    | "state restored"
    | "seen";
  readonly detail: string;
}

/** A problem, and what it kept from being looked at. */
export type RecoverProblem = Issue & { readonly objects: readonly string[] };

/** What `strata recover` did, without any value of a state. */
export class RecoverReport {
  readonly lines: Line[] = [];
  private readonly found = new Map<string, { readonly issue: Issue; readonly objects: string[] }>();
  /** Stacks that could not be looked at as a whole, which is no wonder: another one comes first. */
  readonly notReached: { readonly stack: string; readonly behind: string }[] = [];

  add(stack: string, object: string, what: Line["what"], detail: string): void {
    this.lines.push({ stack, object, what, detail });
  }

  /** Notes that something of a stack could not be looked for, because another stack has to be deployed before. */
  waits(stack: string, behind: string): void {
    if (!this.notReached.some((each) => each.stack === stack)) this.notReached.push({ stack, behind });
  }

  /** Notes a failure once, however many objects it concerns. Anything else than a problem of the user's is thrown. */
  fail(error: unknown, object?: string): void {
    if (!(error instanceof StrataError)) throw error;
    for (const issue of error.issues) {
      const key = JSON.stringify(issue);
      const known = this.found.get(key) ?? { issue, objects: [] };
      this.found.set(key, known);
      if (object !== undefined && !known.objects.includes(object)) known.objects.push(object);
    }
  }

  get problems(): readonly RecoverProblem[] {
    return [...this.found.values()].map(({ issue, objects }) => ({ ...issue, objects }));
  }

  /** Something was changed, or would be. */
  get changed(): boolean {
    return this.lines.some(({ what }) => CHANGES.includes(what));
  }
}

const CHANGES: readonly Line["what"][] = ["import", "import removed", "release cleared", "tainted", "state restored"];

/** What stands in imports.json afterwards. */
export interface ImportsResult {
  readonly file: string;
  readonly entries: readonly (Import & { readonly stack: string })[];
}

/** Prints the report as a table, or as JSON. */
export function printReport(
  { terminal }: Session,
  report: RecoverReport,
  imports: ImportsResult,
  { dryRun, json }: { readonly dryRun: boolean; readonly json: boolean },
): void {
  const { lines, notReached, problems } = report;
  if (json) {
    terminal.out(JSON.stringify({ schemaVersion: 1, dryRun, lines, notReached, imports, problems }, undefined, 2));
    return;
  }
  const rows = lines.map(({ stack, object, what, detail }) => [stack, object, words(what, dryRun), detail]);
  if (rows.length > 0) terminal.out(renderTable([["Stack", "Object", "What", "Detail"], ...rows]));
  for (const [behind, stacks] of groups(notReached)) {
    terminal.err(
      `${stacks.join(", ")}: not deployed yet, ${behind} comes first. Lost states: run this again after it.`,
    );
  }
  for (const { objects, ...issue } of problems) {
    const left = objects.length > 0 ? ` (not looked at: ${few(objects)})` : "";
    terminal.err(terminal.colours.red(`${issue.where}: ${describe(issue)}${left}`));
  }
  if (imports.entries.length > 0 && !dryRun) {
    terminal.err(`${imports.file} has ${imports.entries.length} to import. Next: npm run synth, and look at the plan.`);
  }
  if (lines.length === 0 && problems.length === 0) terminal.out("Nothing to recover.");
}

function words(what: Line["what"], dryRun: boolean): string {
  return dryRun && CHANGES.includes(what) ? `would be: ${what}` : what;
}

function groups(notReached: RecoverReport["notReached"]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { stack, behind } of notReached) found.set(behind, [...(found.get(behind) ?? []), stack]);
  return found;
}

function few(objects: readonly string[]): string {
  const shown = objects.slice(0, 3).join(", ");
  return objects.length > 3 ? `${shown} and ${objects.length - 3} more` : shown;
}
