import { describe } from "../../constructs/core/errors";
import { templateKeys } from "../../constructs/core/secret-template";
import type { Session } from "../session";
import { renderTable } from "../terminal/table";
import type { Declarations } from "./declarations";
import type { PathReport, SyncResult } from "./sync";

/** Sums of a sync. */
export interface SyncSummary {
  readonly created: number;
  readonly kept: number;
  readonly drifted: number;
  readonly missing: number;
  /** Missing keys that something cannot start without. */
  readonly required: number;
}

export function summarise(paths: readonly PathReport[]): SyncSummary {
  const count = (of: (report: PathReport) => number) => paths.reduce((sum, report) => sum + of(report), 0);
  return {
    created: count(({ created }) => created.length),
    kept: count(({ kept }) => kept.length),
    drifted: count(({ drifted }) => drifted.length),
    missing: count(({ missing }) => missing.length),
    required: count(({ missing }) => missing.filter(({ required }) => required).length),
  };
}

/** Prints a table of paths with the names of their keys, and what a person has to do. */
export function printReport(session: Session, declarations: Declarations, result: SyncResult, dryRun: boolean): void {
  const { terminal } = session;
  const { colours } = terminal;
  const rows = result.paths.map(({ path, created, kept, missing }) => [
    path,
    created.join(", ") || "-",
    kept.length === 0 ? "-" : `${kept.length}`,
    missing.map(({ key, required }) => (required ? key : `${key} (optional)`)).join(", ") || "-",
  ]);
  terminal.out(renderTable([["Path", dryRun ? "Would create" : "Created", "Kept", "Missing"], ...rows]));
  const missing = result.paths.flatMap((report) => report.missing.map((key) => ({ ...key, path: report.path })));
  if (missing.length > 0) terminal.err(colours.yellow("\nStill to be supplied:"));
  for (const { path, key, reason, required } of missing) {
    terminal.err(`  ${path} ${key}${required ? "" : " (optional)"}\n    ${reason}`);
  }
  for (const note of driftNotes(declarations, result.paths)) terminal.err(colours.yellow(`\n${note}`));
  for (const issue of result.issues) terminal.err(colours.red(`\n${issue.where}: ${describe(issue)}`));
  const { created, kept, missing: absent } = summarise(result.paths);
  terminal.err(`\n${created} keys ${dryRun ? "would be created" : "created"}, ${kept} kept, ${absent} missing.`);
}

/** Shows the declared value, which is public, and never the stored one, which may be anything. */
function driftNotes({ mount, secrets }: Declarations, paths: readonly PathReport[]): readonly string[] {
  return paths.flatMap(({ path, drifted }) =>
    drifted.map((key) => {
      const declared = secrets.find((secret) => secret.path === path)?.keys[key];
      if (declared?.kind === "derived") {
        return [
          `${path} ${key} is not what ${templateKeys(declared.template).join(" and ")} give. To derive it again:`,
          `strata secrets rotate ${path} ${key}`,
        ].join("\n");
      }
      const value = declared?.kind === "fixed" ? declared.value : "";
      return [
        `${path} ${key} holds another value than the configuration says. The sync never overwrites; if nobody`,
        `changed it on purpose: vault kv patch -mount=${mount} ${path} ${key}='${value}'`,
      ].join("\n");
    }),
  );
}

/** The same for programs. */
export function jsonReport(engine: string, result: SyncResult, dryRun: boolean): string {
  const { paths, issues } = result;
  const report = { schemaVersion: 1, engine, dryRun, paths, summary: summarise(paths), problems: issues };
  return JSON.stringify(report, undefined, 2);
}
