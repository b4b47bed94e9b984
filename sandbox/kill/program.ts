import { cpSync } from "node:fs";
import path from "node:path";
import { checkBackends } from "../run/backend-check";
import { inherited } from "../run/environment";
import { Failure } from "../run/failure";
import { sandboxPaths } from "../run/paths";
import type { Processes } from "../run/processes";
import { readProgram } from "../run/program";
import { synthesize } from "../run/synth";

/** A program that is synthesized and can be synthesized again. */
export interface BenchProgram {
  /** Where it was synthesized. */
  readonly out: string;
  /** Folder of its configuration. */
  readonly config: string;
  /** Patterns of the stacks that are synthesized. */
  readonly only: string;
  /** The program as one file of JavaScript, checked and of its own: another synth may replace that of the checkout. */
  readonly bundle: string;
  /** Its stacks, each behind those that it depends on. */
  readonly stacks: readonly string[];
}

/** What is synthesized. */
export interface ProgramOptions {
  /** Folder of the configuration, from the root of the checkout. */
  readonly config: string;
  readonly only: string;
}

/** Synthesizes a program into a folder. */
export async function prepareProgram(
  folder: string,
  processes: Processes,
  { config: source, only }: ProgramOptions,
): Promise<BenchProgram> {
  const paths = sandboxPaths(folder);
  const config = path.resolve(paths.root, source);
  await synthesize({ paths, processes, config, allowDestroy: false, only });
  checkBackends(paths);
  const bundle = path.join(folder, "program.cjs");
  cpSync(path.join(paths.root, "dist", "main.js"), bundle);
  const program = { out: paths.out, config, only, bundle, stacks: inOrder(paths.out) };
  await synthesizeAgain(program, processes, program);
  return program;
}

/** Synthesizes with what the configuration is now; types and bundle are those of the first time. */
export async function synthesizeAgain(
  { bundle, only }: BenchProgram,
  processes: Processes,
  { config, out }: { readonly config: string; readonly out: string },
): Promise<void> {
  const env = {
    ...inherited(),
    CDKTF_OUTDIR: out,
    STRATA_CONFIG: config,
    STRATA_BACKEND: "local",
    STRATA_ONLY: only,
  };
  const { code, output } = await processes.run(process.execPath, [bundle], { cwd: sandboxPaths().root, env });
  if (code !== 0) throw new Failure(`Synth fails:\n${output.trim().slice(-2000)}`);
}

function inOrder(out: string): string[] {
  const waiting = [...readProgram(out).stacks];
  const stacks: string[] = [];
  while (waiting.length > 0) {
    const ready = waiting.findIndex(({ dependencies }) => dependencies.every((id) => stacks.includes(id)));
    const [next] = waiting.splice(ready, 1);
    if (ready < 0 || next === undefined) throw new Failure("The stacks of the program depend on each other in a ring.");
    stacks.push(next.id);
  }
  return stacks;
}
