import path from "node:path";
import { inherited } from "./environment";
import { Failure } from "./failure";
import type { SandboxPaths } from "./paths";
import type { Processes } from "./processes";

/** What is synthesized, and for what. */
export interface SynthOptions {
  readonly paths: SandboxPaths;
  readonly processes: Processes;
  /** Folder of the configuration. */
  readonly config: string;
  /** Whether protected resources may be destroyed. */
  readonly allowDestroy: boolean;
  /** Only the stacks whose ids match one of these patterns, separated by commas. @default - all */
  readonly only?: string;
}

/** Synthesizes the program into the sandbox, with local state. */
export async function synthesize({ paths, processes, config, allowDestroy, only }: SynthOptions): Promise<void> {
  const env = {
    ...inherited(),
    ...(process.env.HOME === undefined ? {} : { HOME: process.env.HOME }),
    CDKTF_OUTDIR: paths.out,
    STRATA_CONFIG: config,
    STRATA_BACKEND: "local",
    ...(allowDestroy ? { STRATA_ALLOW_DESTROY: "*" } : {}),
    ...(only === undefined ? {} : { STRATA_ONLY: only }),
  };
  const args = [path.join(paths.root, "tools", "synth.mjs")];
  const { code, output } = await processes.run(process.execPath, args, { cwd: paths.root, env });
  if (code !== 0) throw new Failure(readable(output) || `Synth ended with exit code ${code}.`);
}

/** A crash prints a line of the bundle, which is all of the program: no message of ours is that long. */
function readable(output: string): string {
  const lines = output.trim().split("\n");
  return lines.map((line) => (line.length > LONGEST ? `${line.slice(0, LONGEST)} ...` : line)).join("\n");
}

const LONGEST = 600;
