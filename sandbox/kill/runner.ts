import { rmSync } from "node:fs";
import path from "node:path";
import { Failure } from "../run/failure";
import { Processes } from "../run/processes";
import type { TerraformBinary } from "../run/terraform-binary";
import { type Baseline, measure, type StackBaseline } from "./baseline";
import { Bench } from "./bench";
import { callKey } from "./calls";
import { casesOf, type KillCase } from "./cases";
import { type BenchProgram, prepareProgram } from "./program";
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
  /** See {@link CaseOptions.loseStates}. @default false */
  readonly loseStates?: boolean;
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
  const processes = new Processes(path.join(options.folder, "program.pids"));
  options.onProcesses?.(processes);
  const prepare = (name: string, source: string): Promise<BenchProgram> =>
    prepareProgram(path.join(options.folder, name), processes, { config: source, only });
  const program = await prepare("program", config);
  const next = options.change ? await prepare("changed", changed) : undefined;
  const benches = await openBenches(options, program);
  try {
    const baselines = await Promise.all(
      benches.map(async (bench) => {
        const first = await measure(bench, program.stacks);
        if (next === undefined) return first;
        bench.load(next);
        return measure(bench, next.stacks);
      }),
    );
    const calls = sameCalls(baselines);
    const { stacks } = next ?? program;
    const cases = casesOf(stacks, calls).filter(({ call }) => !options.deploy || call.rpc === "ApplyResourceChange");
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
  { deploy, loseStates }: KillOptions,
  bench: Bench,
  baselines: readonly StackBaseline[],
  { call }: KillCase,
): CaseOptions {
  const own = baselines.find(({ stack }) => stack === call.stack);
  const [first, last] = [baselines.at(0), baselines.at(-1)];
  if (own === undefined || first === undefined || last === undefined) throw new Failure(`No stack ${call.stack}.`);
  if (!deploy) return { bench, way: terraformApply(own.stack), baseline: own, loseStates };
  const baseline: Baseline = { before: first.before, after: last.after };
  return { bench, way: cdktfDeploy(baselines.map(({ stack }) => stack)), baseline, loseStates };
}
