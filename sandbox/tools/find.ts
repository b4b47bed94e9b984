import path from "node:path";
import { Failure } from "../run/failure";
import { type Stamp, ToolCache, toolsFolder } from "./cache";
import { TOOLS, type Tool, variableOf } from "./catalogue";
import { isExecutable } from "./executable";
import { type Pins, readPins } from "./pins";

/** A tool as it stands: named by the user, built before, or not there. */
export interface Found {
  readonly tool: Tool;
  readonly pins: Pins;
  readonly source: "given" | "cached" | "missing";
  /** Where it is, or will be. */
  readonly file: string;
  readonly stamp?: Stamp;
}

/** Where tools are looked for. */
export interface FindOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cache?: ToolCache;
  readonly modules?: string;
  /** The Go that would build a tool: one that another Go has built does not count. Without it every Go counts. */
  readonly goOf?: (tool: Tool) => string | undefined;
}

/** Finds one tool; fails where the user names one that cannot be run. */
export function findTool(tool: Tool, { env = process.env, cache, modules, goOf }: FindOptions = {}): Found {
  const where = cache ?? new ToolCache(toolsFolder(env));
  const pins = readPins(tool, modules);
  const given = env[variableOf(tool.name)];
  if (given) return { tool, pins, source: "given", file: checkGiven(variableOf(tool.name), given) };
  const stamp = where.stamp(tool.name);
  const go = goOf?.(tool);
  const fresh = stamp?.hash === pins.hash && (go === undefined || go === stamp.go);
  const file = where.file(tool.name);
  return fresh ? { tool, pins, source: "cached", file, stamp } : { tool, pins, source: "missing", file };
}

function checkGiven(variable: string, given: string): string {
  const file = path.resolve(given);
  if (isExecutable(file)) return file;
  throw new Failure(
    `${variable} names ${file}, which is not a program that can be run. Name another one, or unset it and the tool is built.`,
  );
}

/** The tools of these names, in the order in which they are built; all of them when none is named. */
export function selectTools(names: readonly string[] = []): Tool[] {
  const unknown = names.filter((name) => !TOOLS.some((tool) => tool.name === name));
  if (unknown.length === 0) return TOOLS.filter(({ name }) => names.length === 0 || names.includes(name));
  const known = TOOLS.map(({ name }) => name).join(", ");
  throw new Failure(`There is no tool ${unknown.join(", ")}. The tools are ${known}.`);
}

/** The paths of tools that somebody is about to run, by name; fails with what to do when one is not there. */
export function requireTools(names: readonly string[], options: FindOptions = {}): Map<string, string> {
  const found = selectTools(names).map((tool) => findTool(tool, options));
  const missing = found.filter(({ source }) => source === "missing").map(({ tool }) => tool.name);
  if (missing.length === 0) return new Map(found.map(({ tool, file }) => [tool.name, file]));
  throw new Failure(
    `Not built, or built from other pins: ${missing.join(", ")}.
Build what is missing: npm run sandbox:tools -- --only ${missing.join(" ")}
Or name a program of your own, for example ${variableOf(missing[0] ?? "")}=<path>.`,
  );
}
