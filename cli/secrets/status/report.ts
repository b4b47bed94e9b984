import { describe } from "../../../constructs/core/errors";
import type { SecretReader } from "../../../constructs/core/secrets";
import type { Session } from "../../session";
import { renderTable } from "../../terminal/table";
import { type KeyStatus, type PathStatus, type Survey, summarise } from "./survey";

/** Prints each path with its keys and readers, then what nobody declares. */
export function printSurvey({ terminal }: Session, survey: Survey): void {
  const { colours } = terminal;
  for (const status of survey.paths) {
    terminal.out(`${colours.bold(status.path)} (${status.owner}): ${stateOf(status)}`);
    const rows = status.keys.map((key) => ["", key.key, key.kind, keyState(key, status)]);
    if (rows.length > 0) terminal.out(renderTable(rows));
    if (status.undeclared.length > 0) terminal.out(`  not declared, kept: ${status.undeclared.join(", ")}`);
    terminal.out(`  read by ${readersText(status.readers)}\n`);
  }
  if (survey.undeclaredPaths.length > 0) {
    terminal.out("Paths that nobody declares (kept; `strata secrets purge` deletes those of an environment):");
    for (const path of survey.undeclaredPaths) terminal.out(`  ${path}`);
  }
  for (const issue of survey.issues) terminal.err(colours.red(`${issue.where}: ${describe(issue)}`));
  const { present, missing, required } = summarise(survey);
  const needed = missing > required ? `, ${required} of them needed` : "";
  terminal.err(`${present} keys are there, ${missing} missing${missing > 0 ? needed : ""}.`);
  if (required > 0) terminal.err("Next: strata secrets sync");
}

function stateOf({ state, version, written }: PathStatus): string {
  if (state === "absent") return "not there";
  const text = `version ${version}, written ${minuteOf(written)}`;
  return state === "deleted" ? `deleted, ${text} (vault kv undelete brings it back)` : text;
}

function minuteOf(written = ""): string {
  const time = new Date(written);
  if (Number.isNaN(time.getTime())) return "at an unknown time";
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function keyState({ present, optional }: KeyStatus, { state }: PathStatus): string {
  if (present) return "there";
  if (state === "deleted") return "deleted";
  return optional ? "missing (optional)" : "missing";
}

/** Service accounts by cluster, as in `platform: data-staging/secret-reader`. */
export function readersText(readers: readonly SecretReader[]): string {
  if (readers.length === 0) return "nobody";
  const clusters = [...new Set(readers.map(({ cluster }) => cluster))];
  return clusters
    .map((name) => {
      const accounts = readers.filter(({ cluster }) => cluster === name);
      return `${name}: ${accounts.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`).join(", ")}`;
    })
    .join("; ");
}
