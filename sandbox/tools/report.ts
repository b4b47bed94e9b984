import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { type Terminal, table } from "../run/terminal";
import type { ToolCache } from "./cache";
import type { Tool } from "./catalogue";
import type { Go } from "./go";
import type { Made, Outcome } from "./make";
import { megabytes } from "./progress";

/** All caches together should stay below this. */
export const CACHE_LIMIT = 20 * 1024 ** 3;

/** Bytes of the caches, where they could be measured. */
export interface CacheSizes {
  readonly tools: number;
  /** Of all that Go has built on this machine, not only for the tools. */
  readonly goBuild?: number;
  readonly goModules?: number;
  readonly total: number;
  readonly limit: number;
}

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

/** Measures the caches. */
export function sizesOf(go: Go | undefined, cache: ToolCache): CacheSizes {
  const tools = cache.bytes();
  const goBuild = folderBytes(go?.buildCache);
  const goModules = folderBytes(go?.moduleCache);
  return { tools, goBuild, goModules, total: tools + (goBuild ?? 0) + (goModules ?? 0), limit: CACHE_LIMIT };
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

/** The caches, and what to do when they are large. */
export function printSizes(terminal: Terminal, sizes: CacheSizes): void {
  const { tools, goBuild = 0, goModules = 0, total, limit } = sizes;
  terminal.line();
  terminal.line(
    `Caches: tools ${megabytes(tools)}, Go builds ${megabytes(goBuild)}, Go modules ${megabytes(goModules)}`,
  );
  if (total <= limit) return;
  const text = `Together they are above ${megabytes(limit)}. The tools do not need the other two: \`go clean -cache\` and \`go clean -modcache\` empty them.`;
  terminal.line(terminal.color.yellow(text));
}

function folderBytes(folder: string | undefined): number | undefined {
  if (folder === undefined) return undefined;
  const { status, stdout } = spawnSync("du", ["-sk", folder], { encoding: "utf8" });
  return status === 0 ? Number.parseInt(stdout, 10) * 1024 : undefined;
}
