import { mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { type RunningProviders, startProviders } from "../providers";
import { checkBackends } from "./backend-check";
import type { SandboxPaths } from "./paths";
import type { Processes } from "./processes";
import { type Program, readProgram } from "./program";
import { readState, stacksWithState } from "./states";
import { seconds, type Terminal } from "./terminal";
import { openTerraform, type SandboxTerraform } from "./terraform";
import type { TerraformBinary } from "./terraform-binary";

/** What a run of the sandbox works with. */
export interface SandboxOptions {
  readonly paths: SandboxPaths;
  readonly terminal: Terminal;
  readonly processes: Processes;
  readonly terraform: TerraformBinary;
  /** Writes the synthesized program into `paths.out`; `allowDestroy` takes the protection off. */
  readonly synthesize: (allowDestroy: boolean) => Promise<void>;
  /** Keep what exists even when its state is lost, for tests of recovery. @default false */
  readonly strict?: boolean;
}

/** A program that is synthesized and checked, with providers that run. */
export interface Session {
  readonly program: Program;
  readonly ids: readonly string[];
  readonly providers: RunningProviders;
  readonly terraform: SandboxTerraform;
}

/** Synthesizes, checks and starts the providers. */
export async function open(options: SandboxOptions, allowDestroy: boolean): Promise<Session> {
  const { paths, terminal, processes } = options;
  mkdirSync(paths.state, { recursive: true });
  tidyUp(paths);
  const synthStart = performance.now();
  await options.synthesize(allowDestroy);
  checkBackends(paths);
  const program = readProgram(paths.out);
  const ids = program.stacks.map(({ id }) => id);
  terminal.line(`Synthesized ${ids.length} stacks in ${seconds(performance.now() - synthStart)}`);
  const strangers = stacksWithState(paths.state).filter(
    (id) => !ids.includes(id) && readState(paths.state, id).size > 0,
  );
  if (strangers.length > 0) terminal.line(`Deployed before and no longer part of the program: ${strangers.join(", ")}`);
  const journal = options.strict ? journalFile(paths) : undefined;
  const providers = await startProviders({ stateDir: paths.state, strict: options.strict, journal });
  processes.check();
  const terraform = openTerraform({ providers, folder: paths.folder, binary: options.terraform.file, processes });
  return { program, ids, providers, terraform };
}

/** Ends what still runs, then the providers. */
export async function close({ processes }: SandboxOptions, { providers }: Session): Promise<void> {
  // cdktf leaves as soon as one stack failed: its siblings still run, need the providers and hold their locks.
  await processes.sweep();
  providers.stop();
}

/** Takes away what runs that were ended by force have left; nothing else works in this folder while we hold its lock. */
function tidyUp({ folder, out, state }: SandboxPaths): void {
  for (const name of readdirSync(state)) if (name.endsWith(".lock.info")) rmSync(path.join(state, name));
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${path.basename(out)}.next-`)) rmSync(path.join(folder, name), { recursive: true });
  }
}

/** Where a strict sandbox keeps its world. */
export function journalFile({ folder }: SandboxPaths): string {
  return path.join(folder, "world.jsonl");
}
