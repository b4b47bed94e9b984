import { Failure } from "../run/failure";
import { takeLock } from "../run/lock";
import type { Processes } from "../run/processes";
import type { Terminal } from "../run/terminal";
import { buildTool } from "./build";
import type { Stamp, ToolCache } from "./cache";
import type { Tool } from "./catalogue";
import { type Found, findTool } from "./find";
import { type Go, GoCommand, missingGo, newestMinimum } from "./go";
import { BuildProgress, megabytes } from "./progress";
import { keepSmall } from "./sizes";

/** What `npm run sandbox:tools` works with. */
export interface MakeOptions {
  readonly tools: readonly Tool[];
  readonly cache: ToolCache;
  readonly processes: Processes;
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  readonly jobs?: number;
  /** Empties Go's build cache when all caches together have more bytes. */
  readonly cleanAbove?: number;
  readonly modules?: string;
}

/** A tool after the run. */
export interface Made extends Omit<Found, "source"> {
  readonly source: Found["source"] | "built" | "failed";
}

/** What was made, and the Go that was asked, if any. */
export interface Outcome {
  readonly made: readonly Made[];
  readonly go?: Go;
}

/** Looks at every tool without building any. */
export function lookAtTools({ tools, cache, env, modules }: Omit<MakeOptions, "processes" | "terminal">): Outcome {
  const command = new GoCommand(env);
  const goOf = (found: Pick<Found, "pins">): Go | undefined => {
    const go = command.of(found.pins);
    return typeof go === "string" ? undefined : go;
  };
  const made = tools.map((tool) => {
    // Without a Go that could build it, one that another Go has built is as good as it gets.
    const found = findTool(tool, { env, cache, modules });
    const go = found.source === "cached" ? goOf(found)?.version : undefined;
    return go === undefined ? found : findTool(tool, { env, cache, modules, goOf: () => go });
  });
  return { made, go: made.map(goOf).find((go) => go !== undefined) };
}

/** Builds what is not there. A tool that fails does not keep the others from being built. */
export async function makeTools(options: MakeOptions): Promise<Outcome> {
  const before = lookAtTools(options);
  const missing = before.made.filter(({ source }) => source === "missing");
  if (missing.length === 0) return before;
  const command = new GoCommand(options.env);
  const reasons = missing.map(({ pins }) => command.of(pins)).filter((go) => typeof go === "string");
  if (reasons.length > 0) {
    const names = missing.map(({ tool }) => tool.name);
    throw new Failure(missingGo(reasons, names, newestMinimum(missing.map(({ pins }) => pins))));
  }
  const end = begin(options.cache);
  try {
    // Another build may have ended since.
    return { ...before, made: await buildMissing(lookAtTools(options).made, command, options) };
  } finally {
    end();
    process.off("exit", end);
  }
}

/** Takes the cache for this process alone; answers how to give it back, which also a sudden exit does. */
function begin(cache: ToolCache): () => void {
  const release = takeLock(cache.lock, "build of the tools");
  const end = (): void => {
    cache.clean();
    release();
  };
  process.once("exit", end);
  cache.prepare();
  return end;
}

async function buildMissing(found: readonly Made[], command: GoCommand, options: MakeOptions): Promise<Made[]> {
  const { terminal } = options;
  const missing = found.filter(({ source }) => source === "missing");
  const progress = new BuildProgress(terminal, Math.max(...missing.map(({ tool }) => tool.name.length)));
  terminal.line(`Building ${missing.length} of ${found.length} tools into ${options.cache.folder}`);
  const made: Made[] = [];
  for (const each of found) {
    const go = command.of(each.pins);
    if (each.source !== "missing" || typeof go === "string") made.push(each);
    else {
      made.push(await buildOne(each, go, progress, options));
      await keepSmall(go, each.pins.folder, options);
    }
  }
  return made;
}

async function buildOne(each: Made, go: Go, progress: BuildProgress, options: MakeOptions): Promise<Made> {
  const onProgress = (packages: number, at: string): void => progress.update(packages, at);
  progress.start(each.tool.name);
  try {
    const stamp: Stamp = await buildTool(each.tool, each.pins, go, { ...options, onProgress });
    progress.finish(true, megabytes(stamp.bytes));
    return { ...each, source: "built", stamp };
  } catch (error) {
    progress.stop();
    if (!(error instanceof Failure) || error.exitCode === 130) throw error;
    progress.finish(false, "failed");
    options.terminal.line(error.message);
    return { ...each, source: "failed" };
  }
}
