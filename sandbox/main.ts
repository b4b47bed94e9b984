import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { Failure } from "./run/failure";
import { takeLock } from "./run/lock";
import { type SandboxPaths, sandboxPaths } from "./run/paths";
import { Processes } from "./run/processes";
import { printReport, printVersionGaps, type Report, stackRows } from "./run/report";
import { deploy, destroy } from "./run/sandbox";
import type { SandboxOptions } from "./run/session";
import { synthesize } from "./run/synth";
import { openTerminal, type Terminal } from "./run/terminal";
import { findTerraform, locate, missingTerraform, type TerraformBinary } from "./run/terraform-binary";
import { buildTerraform } from "./run/terraform-build";

interface Flags {
  config: string;
  folder?: string;
  json?: string;
  destroy?: boolean;
  strict?: boolean;
  yes?: boolean;
}

const command = new Command("npm run sandbox --")
  .description(
    "Deploys the platform on this machine with the real cdktf and Terraform and simulated providers: no account, no network, nothing to pay.",
  )
  .option("--config <folder>", "folder of platform.yaml and environments/", "examples/acme")
  .option("--folder <folder>", "where it keeps its states and logs, to have several side by side (default: .sandbox)")
  .option("--json <file>", "write the report as JSON")
  .option("--destroy", "destroy everything that was deployed, and check that nothing is left")
  .option("--strict", "keep simulated objects whose state is lost, to try recovery")
  .option("--yes", "build Terraform without asking where it is missing and Go is present")
  .showHelpAfterError("(npm run sandbox -- --help lists the options)")
  .allowExcessArguments(false);

async function main(flags: Flags): Promise<void> {
  const started = performance.now();
  const terminal = openTerminal();
  const paths = sandboxPaths(flags.folder && path.resolve(flags.folder));
  const config = path.resolve(paths.root, flags.config);
  if (!existsSync(config)) throw new Failure(`There is no configuration folder ${config}.`);
  const found = findTerraform(paths.tools);
  const go = typeof found === "string" ? await goToBuildWith(found, flags, terminal) : "";
  const release = takeLock(paths.lock);
  process.once("exit", release);
  const processes = new Processes(paths.pids);
  stopOnSignals(terminal, processes);
  // What an earlier run that was killed has left behind must not work beside this one.
  await processes.sweep();
  const options: SandboxOptions = {
    paths,
    terminal,
    processes,
    terraform: typeof found === "string" ? await build(go, paths, terminal, processes) : found,
    strict: flags.strict,
    synthesize: (allowDestroy) => synthesize({ paths, processes, config, allowDestroy }),
  };
  const { report, program } = flags.destroy ? await destroy(options) : await deploy(options);
  if (flags.destroy) showDestroyed(terminal, report);
  else printReport(terminal, report, program);
  printVersionGaps(terminal, report.engine);
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, undefined, 2)}\n`);
  terminal.line();
  terminal.line(
    `Terraform ${report.engine.terraform}, ${((performance.now() - started) / 1000).toFixed(1)} s in total`,
  );
}

function showDestroyed(terminal: Terminal, report: Report): void {
  terminal.line();
  for (const row of stackRows(report.stacks)) terminal.line(`  ${row}`);
  terminal.line();
  terminal.line("Nothing is left: every state is empty and the simulated APIs hold no object.");
}

/** Where there is no Terraform: the Go that may build it, when the user agrees. */
async function goToBuildWith(found: string, flags: Flags, terminal: Terminal): Promise<string> {
  const go = locate("go", process.env.PATH ?? "");
  if (go === undefined || process.env.TERRAFORM_BINARY_NAME) throw new Failure(missingTerraform(found, false));
  if (!flags.yes && process.env.CI !== "true" && !(await agreed(found, terminal))) {
    throw new Failure(missingTerraform(found, true));
  }
  return go;
}

function build(go: string, paths: SandboxPaths, terminal: Terminal, processes: Processes): Promise<TerraformBinary> {
  // Go has to reach the module proxy, so it alone gets the environment of the user.
  const env = { ...process.env } as Record<string, string>;
  return buildTerraform({ go, tools: paths.tools, processes, env, say: (line) => terminal.line(line) });
}

async function agreed(found: string, terminal: Terminal): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  terminal.line(missingTerraform(found, true));
  const questions = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await questions.question("Build it now? [y/N] ");
  questions.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Ctrl-C ends the children in order; a second one ends them at once. */
function stopOnSignals(terminal: Terminal, processes: Processes): void {
  let signals = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      signals++;
      if (signals > 1) return processes.kill();
      terminal.line("\nStopping: Terraform writes its states ...");
      void processes.stop().then(() => {
        terminal.line("Interrupted. Nothing is left running; the next run goes on from here.");
        process.exit(130);
      });
    });
  }
}

command.action((flags: Flags) =>
  main(flags).catch((error: unknown) => {
    // After a signal everything fails; what was asked for is the exit code of the signal.
    if (error instanceof Failure && error.exitCode === 130) return;
    if (!(error instanceof Failure)) throw error;
    console.error(`\n${error.message}`);
    process.exit(error.exitCode);
  }),
);
void command.parseAsync();
