import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import type { Session } from "../session";
import type { Configuration, ConfigurationOptions } from "./configuration";
import { checkDocument } from "./document/check";
import { renderDiff } from "./document/diff";
import { withGenerations } from "./document/edit";

import { printStep } from "./render";
import type { PlannedStep } from "./steps";
import type { RestorableStore } from "./stores";

/** What every command takes that changes the generations of a store. */
export interface ChangeOptions extends ConfigurationOptions {
  /** Change the environment's document. @default - show what would be changed */
  readonly write?: boolean;
  readonly json?: boolean;
}

/** Terraform's: nothing to do or done, and something that would be changed. */
export const EXIT = { done: 0, changes: 2 } as const;

/** The document as a user would type it. */
export function shownDocument({ file }: Configuration, { cwd }: Session): string {
  return path.relative(cwd, file);
}

/** Changes the environment's document; what changed, as a diff. */
export function writeStep(configuration: Configuration, store: RestorableStore, step: PlannedStep): string {
  const { file } = configuration;
  const before = readFileSync(file, "utf8");
  const after = withGenerations(before, store, step.wanted);
  checkDocument(configuration, after, store, step.wanted);
  try {
    writeFileSync(file, after);
  } catch {
    const fix = "Change its permissions, or change it by hand as the plan says.";
    throw StrataError.of({ where: file, problem: "cannot be written", fix });
  }
  return renderDiff(before, after);
}

/** Prints a step, writes it when that was asked for, and says how it went on. */
export function carryOut(
  session: Session,
  configuration: Configuration,
  store: RestorableStore,
  step: PlannedStep,
  { write = false, json = false }: ChangeOptions,
): number {
  const { terminal } = session;
  const document = shownDocument(configuration, session);
  const diff = write ? writeStep(configuration, store, step) : undefined;
  if (json) {
    terminal.out(JSON.stringify({ ...jsonHead(configuration, store), document, step, written: write, diff }, null, 2));
  } else {
    printStep(session, step, document);
    if (diff !== undefined) printDiff(session, document, diff);
  }
  if (!write) terminal.err(`\nNothing was changed; --write changes ${document}.`);
  return write ? EXIT.done : EXIT.changes;
}

/** Shows what was changed in a document. */
export function printDiff({ terminal }: Session, document: string, diff: string): void {
  const { green, red, bold } = terminal.colours;
  terminal.out(bold(`\n${document} was changed:`));
  for (const line of diff.split("\n")) {
    terminal.out(`  ${line.startsWith("+") ? green(line) : line.startsWith("-") ? red(line) : line}`.trimEnd());
  }
}

/** What stands at the beginning of every JSON result. */
export function jsonHead({ environment }: Configuration, store: RestorableStore) {
  return { schemaVersion: 1, environment: environment.name, store };
}
