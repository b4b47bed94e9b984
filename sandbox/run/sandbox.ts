import { rmSync } from "node:fs";
import type { RunningProviders } from "../providers";
import { runCdktf } from "./cdktf";
import { Failure } from "./failure";
import type { SandboxPaths } from "./paths";
import { type Program, readStacks } from "./program";
import { Progress } from "./progress";
import { replan } from "./replan";
import type { Report, StackReport } from "./report";
import { close, journalFile, open, type SandboxOptions, type Session } from "./session";
import { compareStates, readState, type StateResources, stacksWithState } from "./states";
import { seconds } from "./terminal";

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
    failOnLeftovers(paths, session);
    rmSync(paths.state, { recursive: true, force: true });
    rmSync(journalFile(paths), { force: true });
    return { program: session.program, report: reportOf(options, session, stacks, 0, started) };
  } finally {
    await close(options, session);
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

async function work(options: SandboxOptions, session: Session, action: "deploy" | "destroy"): Promise<StackReport[]> {
  const { paths, terminal, processes } = options;
  const { ids, terraform, program } = session;
  const before = new Map<string, StateResources>(ids.map((id) => [id, readState(paths.state, id)]));
  terminal.line(action === "deploy" ? "Deploying with cdktf and Terraform" : "Destroying with cdktf and Terraform");
  const progress = new Progress(terminal, paths.state, ids, () => processes.isStopping);
  progress.start();
  try {
    await runCdktf({ action, paths, processes, env: terraform.env });
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
    hosts: program.hosts.map(({ host, path: route, class: kind }) => ({ host, path: route, class: kind })),
    monthlyCostUsd: program.cost.monthly,
    seconds: Math.round((performance.now() - started) / 100) / 10,
  };
}

/** Terraform ignores version constraints for attached providers, so the report says which versions were tested. */
function providerVersions(out: string, { versions }: RunningProviders): Report["engine"]["providers"] {
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
      { pinned: [...constraints].join(", "), tested: versions[`${REGISTRY}/${name}`] ?? "none" },
    ]),
  );
}

const REGISTRY = "registry.terraform.io";

/** `hashicorp/helm` for every way in which a configuration may name it. */
function shortName(source: string): string {
  const name = source.replace(`${REGISTRY}/`, "");
  return name.includes("/") ? name : `hashicorp/${name}`;
}
