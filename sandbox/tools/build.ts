import { existsSync } from "node:fs";
import { Failure } from "../run/failure";
import type { Processes } from "../run/processes";
import type { Stamp, ToolCache } from "./cache";
import type { Tool } from "./catalogue";
import { BUILD_ENVIRONMENT, type Go } from "./go";
import type { Pins } from "./pins";

/** Lines of Go's output that a failure shows. */
const LAST_LINES = 15;

/** What a build needs. */
export interface BuildOptions {
  readonly cache: ToolCache;
  readonly processes: Processes;
  /** The user's own: Go has to reach the module proxy. */
  readonly env: NodeJS.ProcessEnv;
  /** How many packages are compiled at once; Go's own choice by default. */
  readonly jobs?: number;
  /** Called with what Go is at. */
  readonly onProgress?: (packages: number, at: string) => void;
}

/** Builds one tool and tries it. It stands in the cache only when it is whole and runs. */
export async function buildTool(tool: Tool, pins: Pins, go: Go, options: BuildOptions): Promise<Stamp> {
  const { cache, processes, jobs } = options;
  const started = performance.now();
  const env = { ...options.env, ...BUILD_ENVIRONMENT, GOTMPDIR: cache.scratch } as Record<string, string>;
  const part = cache.partOf(tool.name);
  const parallel = jobs === undefined ? [] : ["-p", String(jobs)];
  const args = ["build", "-v", ...parallel, ...pins.flags, "-o", part, pins.package];
  const { code, output } = await processes.run(go.file, args, {
    cwd: pins.folder,
    env,
    onOutput: follow(options.onProgress),
  });
  if (code !== 0 || !existsSync(part)) throw new Failure(`${tool.name} does not build:\n${errorsOf(output)}`);
  const answer = await tryTool(tool, part, options);
  if (answer === undefined) throw new Failure(`${tool.name} was built, but does not run as ${tool.name}.`);
  return cache.accept(tool.name, {
    hash: pins.hash,
    go: go.version,
    answer,
    seconds: Math.round((performance.now() - started) / 100) / 10,
  });
}

/** Runs a tool for its version; undefined when it does not say what it should. */
export async function tryTool(
  { check }: Tool,
  file: string,
  { cache, processes, env }: Pick<BuildOptions, "cache" | "processes" | "env">,
): Promise<string | undefined> {
  // Nothing of the user's settings: some of the tools would reach a server, or write into HOME.
  const clean = { PATH: env.PATH ?? "", HOME: cache.scratch, CHECKPOINT_DISABLE: "1" };
  const { output } = await processes.run(file, check.args, { cwd: cache.scratch, env: clean });
  return check.expect.exec(output)?.[0].trim();
}

/** With -v Go prints every package that it compiles. */
function follow(onProgress: BuildOptions["onProgress"]): (text: string) => void {
  let packages = 0;
  return (text) => {
    const lines = text.trim().split("\n");
    packages += lines.filter(isPackage).length;
    onProgress?.(packages, lines.at(-1) ?? "");
  };
}

function isPackage(line: string): boolean {
  return /^[\w.~+/-]+$/.test(line);
}

function errorsOf(output: string): string {
  const lines = output.trim().split("\n");
  return lines
    .filter((line) => !isPackage(line))
    .slice(-LAST_LINES)
    .join("\n");
}
