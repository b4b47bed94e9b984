import { writeFileSync } from "node:fs";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { repositoryRoot } from "../root";
import { Failure } from "../run/failure";
import { takeLock } from "../run/lock";
import { sandboxPaths } from "../run/paths";
import type { Processes } from "../run/processes";
import { openTerminal, seconds, type Terminal } from "../run/terminal";
import { findTerraform, missingTerraform } from "../run/terraform-binary";
import { type KillCase, namedCases, nameOf, sampleOf } from "./cases";
import { failures, printReport } from "./report";
import type { CaseResult } from "./run-case";
import { REDUCED, runKills } from "./runner";

interface Flags {
  readonly only?: string;
  readonly sample?: number;
  readonly calls?: string;
  readonly seed: number;
  readonly workers: number;
  readonly config: string;
  readonly stacks: string;
  readonly folder: string;
  readonly json?: string;
  readonly deploy?: boolean;
  readonly change?: boolean;
  readonly loseStates?: boolean;
  readonly changed: string;
}

const COMMAND = "npm run kill --";

const command = new Command(COMMAND)
  .description(
    "Kills Terraform before and after every provider call of an apply against simulated APIs, recovers, and checks that the next run ends where an undisturbed one does.",
  )
  .option("--only <cases>", "only these cases, as in 163:after,164:before")
  .option("--calls <names>", "only calls of these names, as in ApplyResourceChange")
  .option("--sample <number>", "only so many cases, spread over types and calls", whole)
  .option("--seed <number>", "draws the sample", whole, 1)
  .option("--workers <number>", "cases at the same time", whole, 2)
  .option("--change", "kill the apply of a change to what is deployed instead of the first deployment")
  .option(
    "--lose-states",
    "nothing of the killed run reaches a state, as with a remote one that is written now and then",
  )
  .option("--deploy", "apply everything by cdktf deploy, and kill at calls that apply only")
  .option("--config <folder>", "folder of platform.yaml and environments/", REDUCED.config)
  .option("--changed <folder>", "the same after the change", REDUCED.changed)
  .option("--stacks <patterns>", "stacks to apply", REDUCED.only)
  .option("--folder <folder>", "where worlds and states are kept meanwhile", ".cache/kill")
  .option("--json <file>", "write the report as JSON")
  .showHelpAfterError(`(${COMMAND} --help lists the options)`)
  .allowExcessArguments(false);

async function main(flags: Flags): Promise<void> {
  const terminal = openTerminal();
  const folder = path.resolve(repositoryRoot(), flags.folder);
  const found = findTerraform(sandboxPaths().tools);
  if (typeof found === "string") throw new Failure(missingTerraform(found, false));
  const release = takeLock(`${folder}.lock`, "run of kills");
  process.once("exit", release);
  const running: Processes[] = [];
  stopOnSignals(terminal, running);
  const pick = (cases: readonly KillCase[]): readonly KillCase[] => {
    const chosen = choose(cases, flags);
    const calls = new Set(cases.map(({ number }) => number)).size;
    terminal.line(`${calls} calls, ${cases.length} moments; ${chosen.length} of them now`);
    return chosen;
  };
  const report = await runKills({
    folder,
    terraform: found,
    pick,
    workers: flags.workers,
    deploy: flags.deploy,
    program: { config: flags.config, changed: flags.changed, only: flags.stacks },
    change: flags.change,
    loseStates: flags.loseStates,
    onResult: progress(terminal),
    onProcesses: (processes) => void running.push(processes),
  });
  printReport(terminal, report, repeatOf(flags));
  if (flags.json !== undefined)
    writeFileSync(flags.json, `${JSON.stringify({ schemaVersion: 1, seed: flags.seed, ...report }, undefined, 2)}\n`);
  const failed = failures(report).length;
  terminal.line();
  terminal.line(
    `${report.results.length - failed} of ${report.results.length} converged in ${seconds(report.seconds * 1000)}`,
  );
  if (failed > 0) process.exitCode = 1;
}

/** The command with what decides what a case is; the name of the case comes behind it. */
function repeatOf({ change, loseStates, deploy, config, changed, stacks }: Flags): string {
  const other = (flag: string, value: string, usual: string) => (value === usual ? [] : [flag, `'${value}'`]);
  return [
    COMMAND,
    ...(change ? ["--change"] : []),
    ...(loseStates ? ["--lose-states"] : []),
    ...(deploy ? ["--deploy"] : []),
    ...other("--config", config, REDUCED.config),
    ...other("--changed", changed, REDUCED.changed),
    ...other("--stacks", stacks, REDUCED.only),
  ].join(" ");
}

function choose(cases: readonly KillCase[], { only, calls, sample, seed }: Flags): readonly KillCase[] {
  if (only !== undefined) return namedCases(cases, only);
  const names = calls?.split(",");
  const called = cases.filter(({ call }) => names === undefined || names.includes(call.rpc));
  if (called.length === 0) throw new Failure(`Nothing is called so: ${calls}.`);
  return sample === undefined ? called : sampleOf(called, sample, seed);
}

/** One line that moves on a terminal; elsewhere a line now and then, and one for each failure. */
function progress(terminal: Terminal): (result: CaseResult, done: number, total: number) => void {
  const started = performance.now();
  return (result, done, total) => {
    const left = ((performance.now() - started) / done) * (total - done);
    const text = `${done} of ${total}, ${seconds(left)} to go`;
    if (terminal.live) terminal.write(`\r\u001b[2K${text}${done === total ? "\n" : ""}`);
    else if (done % 25 === 0 || done === total) terminal.line(text);
    if (result.outcome === "failed") {
      terminal.line(
        `${terminal.live ? "\n" : ""}failed: ${nameOf(result.kill)} ${result.kill.call.type} ${result.kill.call.subject}`,
      );
    }
  };
}

function stopOnSignals(terminal: Terminal, running: readonly Processes[]): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      for (const processes of running) processes.kill();
      terminal.line("\nInterrupted. Nothing is left running.");
      process.exit(130);
    });
  }
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return value;
}

command.action((flags: Flags) =>
  main(flags).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    console.error(`\n${error.message}`);
    process.exit(error.exitCode);
  }),
);
void command.parseAsync();
