import { spawnSync } from "node:child_process";
import type { Terminal } from "../run/terminal";
import type { ToolCache } from "./cache";
import { BUILD_ENVIRONMENT, type Go } from "./go";
import type { MakeOptions } from "./make";
import { megabytes } from "./progress";

/** All caches together should stay below this. */
export const CACHE_LIMIT = 20e9;

/** Bytes of the caches, where they could be measured. */
export interface CacheSizes {
  readonly tools: number;
  /** Of all that Go has built on this machine, not only for the tools. */
  readonly goBuild?: number;
  readonly goModules?: number;
  readonly total: number;
  readonly limit: number;
}

/** Measures the caches. */
export function sizesOf(go: Go | undefined, cache: ToolCache): CacheSizes {
  const tools = cache.bytes();
  const goBuild = folderBytes(go?.buildCache);
  const goModules = folderBytes(go?.moduleCache);
  return { tools, goBuild, goModules, total: tools + (goBuild ?? 0) + (goModules ?? 0), limit: CACHE_LIMIT };
}

/** Empties Go's build cache when all caches together have more bytes than `cleanAbove`. */
export async function keepSmall(go: Go, cwd: string, options: MakeOptions): Promise<void> {
  const { cache, processes, cleanAbove } = options;
  if (cleanAbove === undefined || sizesOf(go, cache).total <= cleanAbove) return;
  const env = { ...options.env, ...BUILD_ENVIRONMENT } as Record<string, string>;
  await processes.run(go.file, ["clean", "-cache"], { cwd, env });
}

/** The caches, and what to do when they are large. */
export function printSizes(terminal: Terminal, sizes: CacheSizes): void {
  const { tools, goBuild = 0, goModules = 0, total, limit } = sizes;
  terminal.line();
  terminal.line(
    `Caches: tools ${megabytes(tools)}, Go builds ${megabytes(goBuild)}, Go modules ${megabytes(goModules)}`,
  );
  if (total <= limit) return;
  const text = `Together they are above ${megabytes(limit)}. The tools do not need the other two: --clean-go-cache keeps them small, \`go clean -cache\` and \`go clean -modcache\` empty them.`;
  terminal.line(terminal.color.yellow(text));
}

function folderBytes(folder: string | undefined): number | undefined {
  if (folder === undefined) return undefined;
  const { status, stdout } = spawnSync("du", ["-sk", folder], { encoding: "utf8" });
  return status === 0 ? Number.parseInt(stdout, 10) * 1024 : undefined;
}
