import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCdktf } from "./cdktf";
import { namesStack } from "./engine";
import { Failure } from "./failure";
import type { SandboxPaths } from "./paths";
import { type Program, readStacks } from "./program";
import { Progress } from "./progress";
import { replan } from "./replan";
import type { EngineVersion, Report, StackReport } from "./report";
import { close, journalFile, open, type SandboxOptions, type Session } from "./session";
import { compareStates, readState, type StateResources, stacksWithState } from "./states";
import { seconds } from "./terminal";

/** A finished run. */
export interface Finished {
  readonly program: Program;
  readonly report: Report;
}

/** What a deployment is asked for beside itself. */
export interface DeployOptions {
  /** Called when everything is up and planned again, before it is stopped: what runs is there until it resolves. */
  readonly whileUp?: (finished: Finished, session: Session) => Promise<void>;
}

/** Deploys everything, plans it again, and tells what there is. */
export async function deploy(options: SandboxOptions, { whileUp }: DeployOptions = {}): Promise<Finished> {
  const started = performance.now();
  const session = await open(options, false);
  try {
    const stacks = await work(options, session, "deploy");
    const changes = await planAgain(options, session);
    const finished = { program: session.program, report: reportOf(options, session, stacks, changes, started) };
    await whileUp?.(finished, session);
    return finished;
  } finally {
    await close(options, session);
  }
}

/** Destroys everything and makes sure that nothing is left. */
export async function destroy(options: SandboxOptions): Promise<Finished> {
  const started = performance.now();
  const { paths } = options;
  const session = await open(options, true);
  try {
    const stacks = await work(options, session, "destroy");
    failOnStates(paths, session);
    const report = reportOf(options, session, stacks, 0, started);
    rmSync(paths.state, { recursive: true, force: true });
    rmSync(journalFile(paths), { force: true });
    return { program: session.program, report };
  } finally {
    await close(options, session);
  }
}

function failOnStates({ state, folder }: SandboxPaths, { ids }: Session): void {
  const left = stacksWithState(state).filter((id) => readState(state, id).size > 0);
  const strangers = left.filter((id) => !ids.includes(id));
  if (strangers.length > 0) {
    throw new Failure(`These stacks are deployed and no longer part of the program: ${strangers.join(", ")}.
Bring them back into the configuration and destroy again, or delete ${folder}.`);
  }
  if (left.length > 0) throw new Failure(`These stacks still have resources in their state: ${left.join(", ")}`);
}

async function work(options: SandboxOptions, session: Session, action: "deploy" | "destroy"): Promise<StackReport[]> {
  const { paths, terminal, processes } = options;
  const { ids, engine, program } = session;
  const before = new Map<string, StateResources>(ids.map((id) => [id, readState(paths.state, id)]));
  const times = new Map<string, number>();
  mkdirSync(paths.logs, { recursive: true });
  writeFileSync(path.join(paths.logs, `${action}.log`), "");
  terminal.line(action === "deploy" ? "Deploying with cdktf and Terraform" : "Destroying with cdktf and Terraform");
  await engine[action](async (asked) => {
    // cdktf refuses a pattern that names no stack.
    const patterns = asked.filter((pattern) => ids.some((id) => namesStack(pattern, id)));
    const named = ids.filter((id) => patterns.some((pattern) => namesStack(pattern, id)));
    if (named.length === 0) return;
    const progress = new Progress(terminal, paths.state, named, () => processes.isStopping);
    progress.start();
    try {
      const { env } = session.terraform();
      await runCdktf({ action, patterns, parallel: engine.parallelStacks, paths, processes, env });
    } finally {
      progress.stop();
    }
    for (const [id, time] of progress.times()) times.set(id, (times.get(id) ?? 0) + time);
  });
  return program.stacks.map(({ id, layer }) => ({
    id,
    layer,
    ...compareStates(before.get(id) ?? new Map(), readState(paths.state, id)),
    seconds: Math.round((times.get(id) ?? 0) / 100) / 10,
  }));
}

async function planAgain({ paths, terminal }: SandboxOptions, session: Session): Promise<number> {
  const { ids, engine } = session;
  const started = performance.now();
  let count = 0;
  const done = (): void => {
    count++;
    if (terminal.live) terminal.write(`\r\u001b[2KPlanning again: ${count} of ${ids.length}`);
  };
  const terraform = session.terraform();
  const drifts = await replan({ terraform, out: paths.out, ids, parallel: engine.parallelPlans, done });
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
  { program, engine }: Session,
  stacks: readonly StackReport[],
  changes: number,
  started: number,
): Report {
  const { programs, charts, clusters, remarks } = engine.notes();
  return {
    schemaVersion: 1,
    mode: engine.mode,
    engine: {
      terraform: terraform.version,
      providers: providerVersions(paths.out, engine.providerVersions),
      programs,
    },
    stacks,
    replan: { changes },
    hosts: program.hosts.map(({ host, path: route, class: kind }) => ({ host, path: route, class: kind })),
    charts,
    clusters,
    remarks,
    monthlyCostUsd: program.cost.monthly,
    seconds: Math.round((performance.now() - started) / 100) / 10,
  };
}

/** Terraform ignores version constraints for attached providers, so the report says which versions were tested. */
function providerVersions(out: string, tested: Readonly<Record<string, string>>): Record<string, EngineVersion> {
  const pinned = new Map<string, Set<string>>();
  for (const json of readStacks(out).values()) {
    for (const { source = "", version = "any" } of Object.values(json.terraform?.required_providers ?? {})) {
      const name = shortName(source);
      pinned.set(name, (pinned.get(name) ?? new Set()).add(version));
    }
  }
  return Object.fromEntries(
    [...pinned].map(([name, constraints]) => [
      name,
      { pinned: [...constraints].join(", "), tested: tested[`${REGISTRY}/${name}`] ?? "none" },
    ]),
  );
}

const REGISTRY = "registry.terraform.io";

/** `hashicorp/helm` for every way in which a configuration may name it. */
function shortName(source: string): string {
  const name = source.replace(`${REGISTRY}/`, "");
  return name.includes("/") ? name : `hashicorp/${name}`;
}
