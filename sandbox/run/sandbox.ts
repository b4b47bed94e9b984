import { mkdirSync, rmSync } from "node:fs";
import { type RunningProviders, startProviders } from "../providers";
import { checkBackends } from "./backend-check";
import { runCdktf } from "./cdktf";
import { Failure } from "./failure";
import type { SandboxPaths } from "./paths";
import type { Processes } from "./processes";
import { type Program, readProgram, readStacks } from "./program";
import { Progress } from "./progress";
import { replan } from "./replan";
import type { Report, StackReport } from "./report";
import { compareStates, lockFileOf, readState, type StateResources, stacksWithState } from "./states";
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

/** A finished run. */
export interface Finished {
  readonly program: Program;
  readonly report: Report;
}

/** Deploys everything, plans it again, and tells what there is. */
export async function deploy(options: SandboxOptions): Promise<Finished> {
  const started = performance.now();
  const session = await open(options, false);
  try {
    const stacks = await work(options, session, "deploy");
    const changes = await planAgain(options, session);
    return { program: session.program, report: reportOf(options, session, stacks, changes, started) };
  } finally {
    session.providers.stop();
  }
}

/** Destroys everything and makes sure that nothing is left. */
export async function destroy(options: SandboxOptions): Promise<Finished> {
  const started = performance.now();
  const { paths } = options;
  const session = await open(options, true);
  try {
    const stacks = await work(options, session, "destroy");
    failOnLeftovers(paths, session);
    rmSync(paths.state, { recursive: true, force: true });
    rmSync(journalFile(paths), { force: true });
    return { program: session.program, report: reportOf(options, session, stacks, 0, started) };
  } finally {
    session.providers.stop();
  }
}

function failOnLeftovers({ state, folder }: SandboxPaths, { ids, providers }: Session): void {
  const left = stacksWithState(state).filter((id) => readState(state, id).size > 0);
  const strangers = left.filter((id) => !ids.includes(id));
  if (strangers.length > 0) {
    throw new Failure(`These stacks are deployed and no longer part of the program: ${strangers.join(", ")}.
Bring them back into the configuration and destroy again, or delete ${folder}.`);
  }
  if (left.length > 0) throw new Failure(`These stacks still have resources in their state: ${left.join(", ")}`);
  const objects = Object.entries(providers.world.countByType()).map(([type, count]) => `${count} ${type}`);
  if (objects.length > 0) throw new Failure(`The simulated APIs still hold ${objects.join(", ")}, in no state.`);
}

interface Session {
  readonly program: Program;
  readonly ids: readonly string[];
  readonly providers: RunningProviders;
  readonly terraform: SandboxTerraform;
}

async function open(options: SandboxOptions, allowDestroy: boolean): Promise<Session> {
  const { paths, terminal, processes } = options;
  mkdirSync(paths.state, { recursive: true });
  const synthStart = performance.now();
  await options.synthesize(allowDestroy);
  checkBackends(paths);
  const program = readProgram(paths.out);
  const ids = program.stacks.map(({ id }) => id);
  terminal.line(`Synthesized ${ids.length} stacks in ${seconds(performance.now() - synthStart)}`);
  // A run that was ended by force leaves its locks; nothing else works in this folder while we hold its lock.
  for (const id of stacksWithState(paths.state)) rmSync(lockFileOf(paths.state, id), { force: true });
  const journal = options.strict ? journalFile(paths) : undefined;
  const providers = await startProviders({ stateDir: paths.state, strict: options.strict, journal });
  processes.check();
  const terraform = openTerraform({ providers, folder: paths.folder, binary: options.terraform.file, processes });
  return { program, ids, providers, terraform };
}

function journalFile({ folder }: SandboxPaths): string {
  return `${folder}/world.jsonl`;
}

async function work(options: SandboxOptions, session: Session, action: "deploy" | "destroy"): Promise<StackReport[]> {
  const { paths, terminal, processes } = options;
  const { ids, terraform, program } = session;
  const before = new Map<string, StateResources>(ids.map((id) => [id, readState(paths.state, id)]));
  terminal.line(action === "deploy" ? "Deploying with cdktf and Terraform" : "Destroying with cdktf and Terraform");
  const progress = new Progress(terminal, paths.state, ids);
  progress.start();
  try {
    await runCdktf({ action, paths, processes, env: terraform.env, ids });
  } finally {
    progress.stop();
  }
  const times = progress.times();
  return program.stacks.map(({ id, layer }) => ({
    id,
    layer,
    ...compareStates(before.get(id) ?? new Map(), readState(paths.state, id)),
    seconds: Math.round((times.get(id) ?? 0) / 100) / 10,
  }));
}

async function planAgain({ paths, terminal }: SandboxOptions, { terraform, ids }: Session): Promise<number> {
  const started = performance.now();
  let done = 0;
  const drifts = await replan(terraform, paths.out, ids, () => {
    done++;
    if (terminal.live) terminal.write(`\r\u001b[2KPlanning again: ${done} of ${ids.length}`);
  });
  if (terminal.live) terminal.write("\r\u001b[2K");
  if (drifts.length > 0) {
    const blocks = drifts.map(({ id, changes }) => `${id}:\n${changes.replace(/^(?=.)/gm, "  ")}`);
    throw new Failure(`A second plan is not empty. These stacks would change again:\n\n${blocks.join("\n\n")}`);
  }
  terminal.line(`Planned all stacks again in ${seconds(performance.now() - started)}: no changes`);
  return 0;
}

function reportOf(
  { paths, terraform }: SandboxOptions,
  { program, providers }: Session,
  stacks: readonly StackReport[],
  changes: number,
  started: number,
): Report {
  return {
    schemaVersion: 1,
    mode: "simulated",
    engine: { terraform: terraform.version, providers: providerVersions(paths.out, providers) },
    stacks,
    replan: { changes },
    hosts: program.hosts.map(({ host, path, class: kind }) => ({ host, path, class: kind })),
    monthlyCostUsd: program.cost.monthly,
    seconds: Math.round((performance.now() - started) / 100) / 10,
  };
}

/** Terraform ignores version constraints for attached providers, so the report says which versions were tested. */
function providerVersions(out: string, { versions }: RunningProviders): Report["engine"]["providers"] {
  const pinned = new Map<string, Set<string>>();
  for (const json of readStacks(out).values()) {
    for (const { source = "", version = "any" } of Object.values(json.terraform?.required_providers ?? {})) {
      pinned.set(source, (pinned.get(source) ?? new Set()).add(version));
    }
  }
  return Object.fromEntries(
    [...pinned].map(([source, constraints]) => {
      const address = source.split("/").length === 2 ? `registry.terraform.io/${source}` : source;
      return [
        source.replace("registry.terraform.io/", ""),
        { pinned: [...constraints].join(", "), tested: versions[address] ?? "none" },
      ];
    }),
  );
}
