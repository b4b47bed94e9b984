import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { type Terminal, table } from "../run/terminal";
import type { Tool } from "./catalogue";
import type { Made, Outcome } from "./make";
import { megabytes } from "./progress";
import type { CacheSizes } from "./sizes";

/** The report as it is written as JSON. */
export interface ToolsReport {
  readonly folder: string;
  readonly go?: string;
  readonly tools: readonly ReturnType<typeof entryOf>[];
  readonly sizes?: CacheSizes;
}

/** The report of a run. */
export function reportOf({ made, go }: Outcome, folder: string, sizes?: CacheSizes): ToolsReport {
  return { folder, go: go?.version, tools: made.map(entryOf), sizes };
}

function entryOf({ tool, pins, source, file, stamp }: Made) {
  const there = source === "missing" || source === "failed" ? undefined : file;
  const answer = source === "given" ? askGiven(tool, file) : stamp?.answer;
  return {
    name: tool.name,
    module: tool.module,
    version: pins.version,
    /** What people call the version. */
    tested: source === "given" ? (/\d+\.\d+\S*/.exec(answer ?? "")?.[0] ?? "unknown") : (tool.release ?? pins.version),
    production: tool.production,
    source,
    file: there,
    answer,
    seconds: stamp?.seconds,
    bytes: there === undefined ? undefined : (stamp?.bytes ?? statSync(there).size),
  };
}

/** What a program of the user's own says of itself; a provider says nothing. */
function askGiven({ check }: Tool, file: string): string | undefined {
  const { stdout, stderr } = spawnSync(file, check.args, { encoding: "utf8", timeout: 10_000 });
  return check.expect.exec(`${stdout}${stderr}`)?.[0].trim();
}

/** Every tool: which version, where from, where it is. */
export function printTools(terminal: Terminal, report: ToolsReport): void {
  const rows = report.tools.map((each) => [
    each.name,
    each.tested,
    each.source,
    each.bytes === undefined ? "" : megabytes(each.bytes),
    each.file ?? "",
  ]);
  terminal.line();
  for (const line of table(["tool", "version", "state", "size", "where"], rows)) terminal.line(line);
}

/** Where production runs something else than what is tested here. */
export function printProduction(terminal: Terminal, report: ToolsReport): void {
  const rows = report.tools.flatMap(({ name, production, tested }) =>
    production === undefined ? [] : [[name, production.of, production.version, tested]],
  );
  if (rows.length === 0) return;
  terminal.line();
  const lines = table(["tool", "production pins it in", "pinned", "tested"], rows);
  for (const line of lines) terminal.line(line);
}
