import type { Terminal } from "../terminal";
import { renderTable } from "../terminal/table";
import type { CheckResult } from "./checks/result";

/** How many checks ended how. */
export interface Summary {
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
}

export function summarise(results: readonly CheckResult[]): Summary {
  const count = (verdict: CheckResult["verdict"]) => results.filter((each) => each.verdict === verdict).length;
  return { ok: count("ok"), failed: count("failed"), skipped: count("skipped") };
}

/**
 * Prints a table for each host: a line for each row, and one below it for each check that failed.
 *
 * @param details - a line for each check, failed or not
 */
export function printReport(terminal: Terminal, results: readonly CheckResult[], details: boolean): void {
  const hosts = [...new Set(results.map(({ host }) => host))];
  for (const host of hosts) {
    const own = results.filter((each) => each.host === host);
    const groups = [...new Set(own.map(({ row }) => row))].map((row) => own.filter((each) => each.row === row));
    const lines = groups.flatMap((group) => linesOf(group, details));
    terminal.out(`${host}\n${renderTable([["Row", "Class", "Expected", "Got", "Verdict"], ...lines])}\n`);
  }
  printVerdict(terminal, summarise(results), results);
}

function linesOf(group: readonly CheckResult[], details: boolean): readonly (readonly string[])[] {
  const [first] = group;
  if (first === undefined) return [];
  // Checks of the host itself are few, and each says something else.
  if (first.row === undefined) return group.map((each) => [each.check, "-", each.expected, each.got, verdictOf(each)]);
  const { ok, failed, skipped } = summarise(group);
  const done = ok + failed;
  const got = done === 0 ? first.got : failed === 0 ? `${ok} checks as declared` : `${failed} of ${done} checks failed`;
  const left = done > 0 && skipped > 0 ? `, ${skipped} not sent` : "";
  const verdict = failed > 0 ? "FAILED" : done === 0 ? "skipped" : "ok";
  const declared = group.find(({ check }) => check === "browser") ?? group.find(({ check }) => check === "OPTIONS");
  const shown = group.filter((each) => details || each.verdict === "failed");
  return [
    [first.row, first.class ?? "-", (declared ?? first).expected, `${got}${left}`, verdict],
    ...(done === 0 ? [] : shown.map((each) => [`  ${each.check}`, "", each.expected, each.got, verdictOf(each)])),
  ];
}

function verdictOf({ verdict, problem }: CheckResult): string {
  return verdict === "failed" ? `FAILED: ${problem ?? "wrong"}` : verdict;
}

function printVerdict(
  { out, colours }: Terminal,
  { ok, failed, skipped }: Summary,
  results: readonly CheckResult[],
): void {
  const left = skipped === 0 ? "" : ` ${skipped} were not made.`;
  const problems = [...new Set(results.flatMap(({ problem }) => problem ?? []))].join(", ");
  if (failed === 0) out(colours.green(`All ${ok} checks are as declared.${left}`));
  else out(colours.red(`${failed} of ${ok + failed} checks failed (${problems}).${left}`));
}
