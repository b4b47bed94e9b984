import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { Failure } from "../run/failure";
import { Processes } from "../run/processes";
import { openTerminal, seconds, type Terminal } from "../run/terminal";
import { ToolCache, toolsFolder } from "./cache";
import { variableOf } from "./catalogue";
import { selectTools } from "./find";
import { lookAtTools, makeTools } from "./make";
import { printProduction, printTools, reportOf } from "./report";
import { CACHE_LIMIT, printSizes, sizesOf } from "./sizes";

interface Flags {
  only?: string[];
  list?: boolean;
  json?: string | true;
  jobs?: number;
  cleanGoCache?: boolean;
}

const command = new Command("npm run sandbox:tools --")
  .description(
    `Builds the programs that the live sandbox runs, from pinned Go modules: about half an hour on two cores the first time, seconds after that.
They stand in ~/.cache/strata/tools, or in STRATA_TOOLS_DIR. A program of your own: ${variableOf("<name>")}=<path>, as in ${variableOf("kube-apiserver")}.`,
  )
  .option("--only <name...>", "these tools only")
  .option("--list", "show what there is and build nothing")
  .option("--json [file]", "write the report as JSON into a file, or to the standard output")
  .option("--jobs <number>", "how many packages Go compiles at once (default: as many as there are cores)", count)
  .option("--clean-go-cache", "empty Go's build cache whenever all caches together are above 20 GB")
  .showHelpAfterError("(npm run sandbox:tools -- --help lists the options)")
  .allowExcessArguments(false);

async function main(flags: Flags): Promise<void> {
  const started = performance.now();
  const terminal = openTerminal(flags.json === true ? process.stderr : process.stdout);
  const env = process.env;
  const cache = new ToolCache(toolsFolder(env));
  const processes = new Processes(cache.pids);
  const cleanAbove = flags.cleanGoCache ? CACHE_LIMIT : undefined;
  const options = { tools: selectTools(flags.only), cache, processes, terminal, env, jobs: flags.jobs, cleanAbove };
  stopOnSignals(terminal, processes, cache);
  // Long and heavy: whoever works on this machine goes first.
  os.setPriority(os.constants.priority.PRIORITY_LOW);
  const outcome = flags.list ? lookAtTools(options) : await makeTools(options);
  // Measuring takes seconds, and nothing has grown where nothing was built.
  const worked = outcome.made.some(({ source }) => source === "built" || source === "failed");
  const sizes = worked || flags.json !== undefined ? sizesOf(outcome.go, cache) : undefined;
  const report = reportOf(outcome, cache.folder, sizes);
  printTools(terminal, report);
  printProduction(terminal, report);
  if (sizes) printSizes(terminal, sizes);
  const json = `${JSON.stringify(report, undefined, 2)}\n`;
  if (flags.json === true) process.stdout.write(json);
  else if (flags.json !== undefined) writeFileSync(flags.json, json);
  const failed = report.tools.filter(({ source }) => source === "failed").map(({ name }) => name);
  if (failed.length > 0) {
    throw new Failure(`Not built: ${failed.join(", ")}. Go's own messages stand above; what was built stays.`);
  }
  terminal.line(`${seconds(performance.now() - started)} in total`);
}

/** Ctrl-C ends Go with all that it has started; a second one does so at once. */
function stopOnSignals(terminal: Terminal, processes: Processes, cache: ToolCache): void {
  let signals = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      signals++;
      if (signals > 1) return processes.kill();
      terminal.line("\nStopping ...");
      mkdirSync(cache.folder, { recursive: true });
      void processes.stop().then(() => {
        terminal.line("Interrupted. What was built stays; the next run goes on from here.");
        process.exit(130);
      });
    });
  }
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("It is a number of at least 1.");
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
