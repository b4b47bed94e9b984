import type { Issue } from "../../constructs/core/errors";
import type { Json } from "../../constructs/core/json";
import { issueAt } from "../load/problems";
import type { Path, Source } from "../load/source";

/** A place in a document. */
export interface Place {
  readonly source: Source;
  readonly path: Path;
}

/** A place below another. */
export function below(place: Place, ...steps: readonly (string | number)[]): Place {
  return { source: place.source, path: [...place.path, ...steps] };
}

/** Collects what is wrong, so that all of it is reported in one run. */
export class Report {
  readonly issues: Issue[] = [];
  private readonly silent: Place[] = [];

  /** Says nothing more about a place that could not be read: what was cut out there would only look missing. */
  silence(place: Place): void {
    this.silent.push(place);
  }

  /** Notes a problem; `value` is what was found. */
  add({ source, path }: Place, problem: string, fix: string, value?: Json): void {
    // What is said of a file as a whole (its name) does not hang on what could not be read in it.
    if (path.length > 0 && this.silent.some((place) => place.source === source && onOneLine(place.path, path))) return;
    const issue = issueAt(source, value === undefined ? { path, problem, fix } : { path, problem, fix, value });
    if (!this.issues.some((known) => known.where === issue.where && known.problem === issue.problem)) {
      this.issues.push(issue);
    }
  }
}

/** Whether one path leads through the other. */
function onOneLine(a: Path, b: Path): boolean {
  const shorter = Math.min(a.length, b.length);
  return a.slice(0, shorter).every((step, index) => String(step) === String(b[index]));
}
