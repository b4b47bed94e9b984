import { type Terminal, table } from "../run/terminal";
import { nameOf } from "./cases";
import type { CaseResult } from "./run-case";

/** What a run of kills has found. */
export interface KillReport {
  /** Version of Terraform. */
  readonly terraform: string;
  /** The stacks, in the order in which they were applied. */
  readonly stacks: readonly string[];
  /** Provider calls of one undisturbed apply of all stacks. */
  readonly calls: number;
  /** Moments that there are: two for each call. */
  readonly cases: number;
  readonly results: readonly CaseResult[];
  readonly seconds: number;
}

/** The cases that did not converge. */
export function failures({ results }: KillReport): readonly CaseResult[] {
  return results.filter(({ outcome }) => outcome === "failed");
}

/** A row for each type: how often Terraform was killed over it, and what became of that. */
export function summary({ results }: KillReport): string[] {
  const types = [...new Set(results.map(typeOf))].sort();
  const count = (list: readonly CaseResult[], test: (each: CaseResult) => boolean) => list.filter(test).length;
  const row = (name: string, list: readonly CaseResult[]): (string | number)[] => [
    name,
    list.length,
    count(list, ({ outcome }) => outcome === "alone"),
    count(list, ({ outcome }) => outcome === "recovered"),
    count(list, ({ outcome }) => outcome === "failed"),
    count(list, ({ lost }) => lost.length > 0),
    count(list, ({ without }) => without === "fails"),
    count(list, ({ without }) => without === "makes a second object"),
  ];
  const head = ["killed over", "kills", "alone", "recovered", "failed", "lost", "would fail", "would double"];
  return table(head, [
    ...types.map((type) =>
      row(
        type,
        results.filter((each) => typeOf(each) === type),
      ),
    ),
    row("all", results),
  ]);
}

function typeOf({ kill: { call } }: CaseResult): string {
  return call.type === "" ? `(provider ${call.provider})` : call.type;
}

/** Prints the table, what failed, and how to repeat it. */
export function printReport(terminal: Terminal, report: KillReport, command: string): void {
  const { color } = terminal;
  terminal.line();
  for (const [index, row] of summary(report).entries()) terminal.line(`  ${index === 0 ? color.dim(row) : row}`);
  terminal.line();
  terminal.line(EXPLAINED);
  for (const failed of failures(report)) {
    const { kill, reason = "" } = failed;
    const { stack, provider, rpc, type, subject, nth } = kill.call;
    terminal.line();
    terminal.line(color.red(`${kill.phase} ${rpc} ${type} ${subject} (${provider}, ${stack}, ${nth})`));
    for (const line of reason.trim().split("\n").slice(0, SHOWN_LINES)) terminal.line(`  ${line}`.trimEnd());
    for (const lost of failed.lost) terminal.line(`  existed in no state: ${lost}`);
    terminal.line(`  Repeat it: ${command} --only ${nameOf(kill)}`);
  }
}

const SHOWN_LINES = 60;

const EXPLAINED = `alone: converged, and recovery had nothing to do. recovered: converged after one recovery. lost: something existed in no
state after the kill; would fail, would double: what the next run does then without recovery.`;
