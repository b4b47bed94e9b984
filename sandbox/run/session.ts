import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { checkBackends } from "./backend-check";
import type { Engine } from "./engine";
import { Failure } from "./failure";
import type { SandboxPaths } from "./paths";
import type { Processes } from "./processes";
import { type Program, readProgram } from "./program";
import { readState, stacksWithState } from "./states";
import { seconds, type Terminal } from "./terminal";
import { openTerraform, type SandboxTerraform } from "./terraform";
import type { TerraformBinary } from "./terraform-binary";

/** What a run of the sandbox works with. */
export interface SandboxOptions {
  /** @default "simulated" */
  readonly mode?: Engine["mode"];
  readonly paths: SandboxPaths;
  readonly terminal: Terminal;
  readonly processes: Processes;
  readonly terraform: TerraformBinary;
  /** Writes the synthesized program into `paths.out`; `allowDestroy` takes the protection off. */
  readonly synthesize: (allowDestroy: boolean) => Promise<void>;
  /** Starts what stands behind the providers, for a program that is synthesized and checked. */
  readonly startEngine: (program: Program) => Promise<Engine>;
}

/** A program that is synthesized and checked, with providers that run. */
export interface Session {
  readonly program: Program;
  readonly ids: readonly string[];
  readonly engine: Engine;
  /** Terraform with the providers that run now. */
  terraform(): SandboxTerraform;
}

/** Synthesizes, checks and starts the providers. */
export async function open(options: SandboxOptions, allowDestroy: boolean): Promise<Session> {
  const { paths, terminal, processes } = options;
  mkdirSync(paths.state, { recursive: true });
  claimMode(paths, options.mode ?? "simulated");
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
  const engine = await options.startEngine(program);
  const terraform = (): SandboxTerraform =>
    openTerraform({
      providers: { reattach: engine.reattach() },
      folder: paths.folder,
      binary: options.terraform.file,
      processes,
    });
  return { program, ids, engine, terraform };
}

/** Ends what still runs, then what it works with. */
export async function close({ processes }: SandboxOptions, { engine }: Session): Promise<void> {
  // cdktf leaves as soon as one stack failed: its siblings still run, need the providers and hold their locks.
  await processes.sweep();
  await engine.stop();
}

/** Takes away what runs that were ended by force have left; nothing else works in this folder while we hold its lock. */
function tidyUp({ folder, out, state }: SandboxPaths): void {
  for (const name of readdirSync(state)) if (name.endsWith(".lock.info")) rmSync(path.join(state, name));
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${path.basename(out)}.next-`)) rmSync(path.join(folder, name), { recursive: true });
  }
}

/** States of one mode mean nothing to the other, so a folder belongs to the mode that deployed into it. */
function claimMode({ folder, state }: SandboxPaths, mode: Engine["mode"]): void {
  const file = path.join(folder, "mode");
  const deployed = existsSync(file) ? readFileSync(file, "utf8").trim() : mode;
  const isEmpty = stacksWithState(state).every((id) => readState(state, id).size === 0);
  if (deployed !== mode && !isEmpty) {
    throw new Failure(
      `What is deployed in ${folder} is ${deployed}, and this run is ${mode}. Name another folder with --folder, or destroy it first.`,
    );
  }
  writeFileSync(file, `${mode}\n`);
}

/** Where a strict sandbox keeps its world. */
export function journalFile({ folder }: SandboxPaths): string {
  return path.join(folder, "world.jsonl");
}
