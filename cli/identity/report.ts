import { describe, type Issue } from "../../constructs/core/errors";
import type { Session } from "../session";
import { renderTable } from "../terminal/table";
import type { ObjectStatus, Survey } from "./status";
import type { ObjectReport } from "./sync-object";

/** Sums of a sync. */
export function summariseSync(objects: readonly ObjectReport[]) {
  const count = (action: ObjectReport["action"]) => objects.filter((object) => object.action === action).length;
  return { created: count("created"), updated: count("updated"), kept: count("kept") };
}

/** Sums of a survey. */
export function summariseSurvey({ objects, undeclared }: Survey) {
  const count = (state: ObjectStatus["state"]) => objects.filter((object) => object.state === state).length;
  return {
    right: count("right"),
    absent: count("absent"),
    different: count("different"),
    undeclared: undeclared.length,
  };
}

/** Prints a table of objects with the names of their fields, and what went wrong. */
export function printSync(
  { terminal }: Session,
  objects: readonly ObjectReport[],
  problems: readonly Issue[],
  dryRun: boolean,
): void {
  const words = dryRun
    ? { created: "would be created", updated: "would be updated", kept: "kept" }
    : { created: "created", updated: "updated", kept: "kept" };
  const rows = objects.map(({ kind, name, environment = "-", action, fields }) => [
    kind,
    name,
    environment,
    words[action],
    fields.join(", ") || "-",
  ]);
  terminal.out(renderTable([["Kind", "Name", "Environment", dryRun ? "Would" : "Done", "Fields"], ...rows]));
  for (const { name, added = [], removed = [] } of objects) {
    printUris(terminal, `Redirect URIs that ${dryRun ? "would come to" : "came to"} client ${name}`, added);
    printUris(
      terminal,
      `Redirect URIs that ${dryRun ? "would go" : "are gone"} from client ${name}, because nobody declares them`,
      removed,
    );
  }
  printProblems(terminal, problems);
  const { created, updated, kept } = summariseSync(objects);
  terminal.err(`\n${created} ${words.created}, ${updated} ${words.updated}, ${kept} kept.`);
}

/** Prints how each object stands, then the clients that nobody declares. */
export function printSurvey({ terminal }: Session, survey: Survey): void {
  const rows = survey.objects.map((status) => [status.kind, status.name, status.environment ?? "-", stateOf(status)]);
  terminal.out(renderTable([["Kind", "Name", "Environment", "State"], ...rows]));
  for (const { name, missing = [], stale = [] } of survey.objects) {
    printUris(terminal, `Redirect URIs that client ${name} lacks`, missing);
    printUris(terminal, `Redirect URIs of client ${name} that nobody declares`, stale);
  }
  if (survey.undeclared.length > 0) {
    terminal.out(
      "\nClients of this command that this build does not declare (kept; a build of a part holds a part of them):",
    );
    for (const { name, environment = "platform" } of survey.undeclared) terminal.out(`  ${name} (${environment})`);
  }
  printProblems(terminal, survey.issues);
  const { right, absent, different } = summariseSurvey(survey);
  terminal.err(`\n${right} right, ${absent} missing, ${different} different.`);
  if (absent + different > 0) terminal.err("Next: strata identity sync");
}

/** What stands at a provider may hold anything, and a terminal obeys some of it. */
function printUris(terminal: Session["terminal"], title: string, uris: readonly string[]): void {
  if (uris.length === 0) return;
  terminal.out(`\n${title}:`);
  for (const uri of uris) terminal.out(`  ${uri.replaceAll(/\p{C}/gu, "?")}`);
}

function stateOf({ kind, state, differs, secret }: ObjectStatus): string {
  if (state === "absent") return kind === "redirects" ? "missing: comes with the platform" : "missing";
  const fields = [...differs, ...(secret === "different" ? ["clientSecret"] : [])];
  const hidden = secret === "hidden" ? " (its secret is not shown, and was not compared)" : "";
  return `${state === "right" ? "right" : `different: ${fields.join(", ")}`}${hidden}`;
}

function printProblems(terminal: Session["terminal"], problems: readonly Issue[]): void {
  for (const problem of problems) terminal.err(terminal.colours.red(`\n${problem.where}: ${describe(problem)}`));
}
