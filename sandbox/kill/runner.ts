import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { checkBackends } from "../run/backend-check";
import { Failure } from "../run/failure";
import { sandboxPaths } from "../run/paths";
import { Processes } from "../run/processes";
import { readProgram } from "../run/program";
import { synthesize } from "../run/synth";
import type { TerraformBinary } from "../run/terraform-binary";
import { type Baseline, measure, type StackBaseline } from "./baseline";
import { Bench, type BenchProgram } from "./bench";
import { callKey } from "./calls";
import { casesOf, type KillCase } from "./cases";
import type { KillReport } from "./report";
import { type CaseOptions, type CaseResult, runCase } from "./run-case";
import { cdktfDeploy, terraformApply } from "./ways";

/** The program whose apply is killed: one cluster, and every provider that the examples use. */
export const REDUCED = {
  config: "examples/minimal",
  changed: "sandbox/kill/changed",
  only: "l1-*,l2-base-*,l2-secrets-*",
} as const;

/** What is killed, and how much of it. */
export interface KillOptions {
  /** Folder inside of the checkout for programs, states and worlds; emptied first. */
  readonly folder: string;
  readonly terraform: TerraformBinary;
  /** Chooses among all moments. */
  readonly pick: (cases: readonly KillCase[]) => readonly KillCase[];
  /** Cases that are worked on at the same time, each on a world of its own. */
  readonly workers: number;
  /** Apply everything by `cdktf deploy` instead of one stack by Terraform; only calls that apply are chosen from. @default false */
  readonly deploy?: boolean;
  /** Kill the apply of a change to what is deployed instead of the first deployment. @default false */
  readonly change?: boolean;
  /** Configurations, from the root of the checkout, and the stacks to apply. @default - {@link REDUCED} */
  readonly program?: { readonly config: string; readonly changed: string; readonly only: string };
  /** Told after every case. */
  readonly onResult?: (result: CaseResult, done: number, total: number) => void;
  /** Told what can be stopped from outside as soon as it is there. */
  readonly onProcesses?: (processes: Processes) => void;
}

/** Kills Terraform once in every chosen case; see {@link runCase} for what one is. */
export async function runKills(options: KillOptions): Promise<KillReport> {
  const started = performance.now();
  rmSync(options.folder, { recursive: true, force: true });
  const { config, changed, only } = options.program ?? REDUCED;
  const { program, stacks } = await prepare(options, config, only);
  const next = options.change ? await prepare(options, changed, only) : undefined;
  const benches = await openBenches(options, program);
  try {
    const baselines = await Promise.all(
      benches.map(async (bench) => {
        const first = await measure(bench, stacks);
        if (next === undefined) return first;
        bench.load(next.program);
        return measure(bench, next.stacks);
      }),
    );
    const calls = sameCalls(baselines);
    const cases = casesOf(next?.stacks ?? stacks, calls).filter(
      ({ call }) => !options.deploy || call.rpc === "ApplyResourceChange",
    );
    const chosen = [...options.pick(cases)];
    const total = chosen.length;
    const results: CaseResult[] = [];
    const worker = async (bench: Bench, baseline: readonly StackBaseline[]): Promise<void> => {
      for (let kill = chosen.shift(); kill !== undefined; kill = chosen.shift()) {
        const result = await runCase(optionsOf(options, bench, baseline, kill), kill);
        results.push(result);
        options.onResult?.(result, results.length, total);
      }
    };
    await Promise.all(benches.map((bench, index) => worker(bench, baselines[index] ?? [])));
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    return { terraform: options.terraform.version, stacks, calls: calls.length, cases: cases.length, results, seconds };
  } finally {
    for (const bench of benches) await bench.stop();
  }
}

/** Synthesizes the program and puts its stacks in the order in which they are applied. */
async function prepare({ folder, onProcesses }: KillOptions, source: string, only: string) {
  const paths = sandboxPaths(path.join(folder, path.basename(source)));
  const processes = new Processes(paths.pids);
  onProcesses?.(processes);
  const config = path.resolve(paths.root, source);
  await synthesize({ paths, processes, config, allowDestroy: false, only });
  // A copy: whoever synthesizes meanwhile bundles another program.
  const bundle = path.join(paths.folder, "program.cjs");
  cpSync(path.join(paths.root, "dist", "main.js"), bundle);
  checkBackends(paths);
  const waiting = [...readProgram(paths.out).stacks];
  const stacks: string[] = [];
  while (waiting.length > 0) {
    const ready = waiting.findIndex(({ dependencies }) => dependencies.every((id) => stacks.includes(id)));
    const [next] = waiting.splice(ready, 1);
    if (ready < 0 || next === undefined)
      throw new Failure("The stacks of the program depend on each other in a circle.");
    stacks.push(next.id);
  }
  return { program: { out: paths.out, config, only, bundle }, stacks };
}

function openBenches(options: KillOptions, program: BenchProgram): Promise<Bench[]> {
  const { folder, terraform, workers, onProcesses } = options;
  const names = Array.from({ length: workers }, (_, index) => `worker-${index + 1}`);
  return Promise.all(
    names.map(async (name) => {
      const bench = await Bench.open(path.join(folder, name), program, terraform.file);
      onProcesses?.(bench.processes);
      return bench;
    }),
  );
}

/** A case is found again by its call, so every undisturbed run has to make the same calls, in whatever order. */
function sameCalls(baselines: readonly (readonly StackBaseline[])[]) {
  const [first = [], ...others] = baselines.map((stacks) => stacks.flatMap(({ calls }) => calls));
  const keys = first.map(callKey).sort();
  for (const other of others) {
    const strange = other.map(callKey).filter((key) => !keys.includes(key));
    if (strange.length > 0 || other.length !== first.length) {
      throw new Failure(`Two undisturbed runs do not make the same calls: ${strange.join(", ") || "one makes fewer"}.`);
    }
  }
  return first;
}

/** One stack is applied on what the stacks below it left; a deployment starts from nothing. */
function optionsOf(
  { deploy }: KillOptions,
  bench: Bench,
  baselines: readonly StackBaseline[],
  { call }: KillCase,
): CaseOptions {
  const own = baselines.find(({ stack }) => stack === call.stack);
  const [first, last] = [baselines.at(0), baselines.at(-1)];
  if (own === undefined || first === undefined || last === undefined) throw new Failure(`No stack ${call.stack}.`);
  if (!deploy) return { bench, way: terraformApply(own.stack), baseline: own };
  const baseline: Baseline = { before: first.before, after: last.after };
  return { bench, way: cdktfDeploy(baselines.map(({ stack }) => stack)), baseline };
}
