import { spawn } from "node:child_process";
import path from "node:path";
import type { Command } from "commander";
import type { Session } from "./session";

interface SynthOptions {
  readonly config?: string;
  readonly only?: string;
  readonly out?: string;
}

/** `strata synth`: the same as `npm run synth`, with flags. */
export function registerSynth(program: Command, session: Session): void {
  program
    .command("synth")
    .description("Synthesizes the stacks: type check, validation, then one folder for each stack.")
    .option("--config <folder>", "folder of platform.yaml (default: config)")
    .option("--only <pattern>", "build only the stacks whose ids match, as in '*-prod'")
    .option("--out <folder>", "where to write (default: cdktf.out)")
    .action(async (options: SynthOptions) => {
      session.exitCode = await synth(options, session);
    });
}

/** Runs tools/synth.mjs, which reads its settings from the environment; a flag wins over a variable. */
function synth(options: SynthOptions, session: Session): Promise<number> {
  // The program runs in the root of the checkout, wherever the user stands.
  const fromRoot = (folder: string) => path.relative(session.root, path.resolve(session.cwd, folder)) || ".";
  const env = {
    ...session.env,
    ...(options.config !== undefined && { STRATA_CONFIG: fromRoot(options.config) }),
    ...(options.only !== undefined && { STRATA_ONLY: options.only }),
    ...(options.out !== undefined && { CDKTF_OUTDIR: fromRoot(options.out) }),
  };
  return new Promise((resolve, reject) => {
    const script = path.join(session.root, "tools", "synth.mjs");
    const child = spawn(process.execPath, [script], { cwd: session.root, env, stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
