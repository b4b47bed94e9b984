import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { type Flags, sandboxCommand } from "./command";
import { Faults } from "./live/controllers/faults";
import { Servers } from "./live/servers";
import { Failure } from "./run/failure";
import { takeLock } from "./run/lock";
import { type SandboxPaths, sandboxPaths } from "./run/paths";
import { Processes } from "./run/processes";
import { printReport, printVersionGaps, type Report, stackRows } from "./run/report";
import { deploy, destroy, type Finished } from "./run/sandbox";
import { journalFile, type SandboxOptions } from "./run/session";
import { simulatedEngine } from "./run/simulated-engine";
import { synthesize } from "./run/synth";
import { openTerminal, seconds, type Terminal } from "./run/terminal";
import { findTerraform, locate, missingTerraform, type TerraformBinary } from "./run/terraform-binary";
import { buildTerraform } from "./run/terraform-build";

type LiveModule = typeof import("./live/engine");

async function main(flags: Flags, live: LiveModule | undefined): Promise<void> {
  const started = performance.now();
  const terminal = openTerminal();
  checkFlags(flags);
  const paths = sandboxPaths(folderOf(flags));
  const config = path.resolve(paths.root, flags.config);
  if (!existsSync(config)) throw new Failure(`There is no configuration folder ${config}.`);
  const found = findTerraform(paths.tools);
  const go = typeof found === "string" ? await goToBuildWith(found, flags, terminal) : "";
  // What is missing for a live run is told before anything starts.
  const tools = live?.liveTools();
  const release = takeLock(paths.lock);
  process.once("exit", release);
  const processes = new Processes(paths.pids);
  const servers = new Servers();
  stopOnSignals(terminal, processes, servers);
  // What an earlier run that was killed has left behind must not work beside this one.
  await processes.sweep();
  const terraform = typeof found === "string" ? await build(go, paths, terminal, processes) : found;
  const journal = flags.strict ? journalFile(paths) : undefined;
  const options: SandboxOptions = {
    mode: live === undefined ? "simulated" : "live",
    paths,
    terminal,
    processes,
    terraform,
    startEngine: (program) =>
      live === undefined || tools === undefined
        ? simulatedEngine({ stateDir: paths.state, journal })
        : live.liveEngine({
            paths,
            terminal,
            processes,
            servers,
            tools,
            terraform: terraform.file,
            program,
            journal,
            faults: faultsOf(flags),
            charts: flags.charts && path.resolve(flags.charts),
          }),
    synthesize: (allowDestroy) => synthesize({ paths, processes, config, allowDestroy }),
  };
  const finish = ({ report, program }: Finished): void => {
    if (flags.destroy) showDestroyed(terminal, report);
    else printReport(terminal, report, program);
    printVersionGaps(terminal, report);
    if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, undefined, 2)}\n`);
    const total = seconds(performance.now() - started);
    terminal.line();
    terminal.line(`Terraform ${report.engine.terraform}, ${total} in total`);
  };
  if (flags.destroy) return finish(await destroy(options));
  const whileUp = async (finished: Finished): Promise<void> => {
    finish(finished);
    terminal.line("Everything stays up until Ctrl-C.");
    // The signal ends this process.
    await new Promise(() => setInterval(() => undefined, DAY_MS));
  };
  const finished = await deploy(options, flags.keep ? { whileUp } : {});
  if (!flags.keep) finish(finished);
}

function checkFlags(flags: Flags): void {
  const alone = (["keep", "charts"] as const).filter((name) => flags[name] && !flags.live);
  if (flags.fail.length > 0 && !flags.live) throw new Failure("--fail is for --live: without it no workload runs.");
  for (const name of alone)
    throw new Failure(`--${name} is for --live: without it no server runs and no chart is fetched.`);
  if (flags.keep && flags.destroy) throw new Failure("--keep and --destroy exclude each other.");
}

/** Simulated and live states do not mix, so each has a folder of its own. */
function folderOf({ folder, live }: Flags): string | undefined {
  if (folder !== undefined) return path.resolve(folder);
  return live ? path.join(sandboxPaths().folder, "live") : undefined;
}

function faultsOf({ fail }: Flags): Faults {
  const faults = new Faults();
  for (const text of fail) {
    const [namespace, name, ...rest] = text.split("/");
    if (!namespace || !name || rest.length > 0) throw new Failure(`--fail ${text}: write it as <namespace>/<name>.`);
    faults.fail({ namespace, name });
  }
  return faults;
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

const DAY_MS = 24 * 3600 * 1000;

/** Ctrl-C ends the children in order; a second one ends them at once. */
function stopOnSignals(terminal: Terminal, processes: Processes, servers: Servers): void {
  let signals = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      signals++;
      if (signals > 1) return processes.kill();
      terminal.line("\nStopping: Terraform writes its states ...");
      const stopped = processes.stop().then(() => servers.stop());
      void stopped.then(() => {
        terminal.line("Interrupted. Nothing is left running; the next run goes on from here.");
        process.exit(130);
      });
    });
  }
}

/** Runs the command with the flags of this process. `live` is what `--live` needs, which takes a moment to load. */
export function start(live?: LiveModule): void {
  const command = sandboxCommand((flags) =>
    main(flags, live).catch((error: unknown) => {
      // After a signal everything fails; what was asked for is the exit code of the signal.
      if (error instanceof Failure && error.exitCode === 130) return;
      if (!(error instanceof Failure)) throw error;
      console.error(`\n${error.message}`);
      process.exit(error.exitCode);
    }),
  );
  void command.parseAsync();
}
