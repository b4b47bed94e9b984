import { readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { StrataError } from "../../constructs/core/errors";
import { type Environment, localStateFile, type RunTerraform, TerraformFailure, withBackend } from "./run";

/** One object of a state. */
export interface StateObject {
  readonly type: string;
  /** Type and name, as in `vultr_vpc.main`; what a module holds has its module in front. */
  readonly address: string;
  /** Alias of the provider that made it; empty for a provider without one. */
  readonly alias: string;
  /** Terraform replaces it at the next apply, because its creation did not end well. */
  readonly tainted: boolean;
  /** Terraform deletes it at the next apply: a new object stands at its address already. */
  readonly deposed: boolean;
  /** May hold secrets: never printed. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What the state of one stack holds. */
export interface StackState {
  readonly outputs: ReadonlyMap<string, unknown>;
  readonly objects: readonly StateObject[];
}

/** Who holds the lock of a state. */
export interface HeldLock {
  readonly id: string;
  readonly who: string;
  readonly operation: string;
  /** As Terraform tells it. */
  readonly created: string;
}

export interface ExaminedState {
  readonly state: StackState;
  /** @default - nobody works on it */
  readonly lock?: HeldLock;
}

const document = z.object({
  outputs: z.record(z.string(), z.object({ value: z.unknown() })).optional(),
  resources: z
    .array(
      z.object({
        module: z.string().optional(),
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        provider: z.string(),
        instances: z.array(
          z.object({
            status: z.string().optional(),
            deposed: z.string().optional(),
            attributes: z.record(z.string(), z.unknown()).nullish(),
          }),
        ),
      }),
    )
    .optional(),
});

/** Nothing is called so: Terraform takes the lock, finds nothing and gives the lock back. */
const NOTHING = "terraform_data.strata_asks_for_the_lock";

/** Reads the state of a stack; a held lock does not keep it from being read. */
export function readState(folder: string, stack: string, env: Environment): Promise<StackState> {
  return withBackend(folder, stack, env, async (run) => parseState(await run("state", "pull"), stack));
}

/**
 * The same, and who holds its lock. The lock is taken for a moment, because what a killed run left of a lock is a lock
 * for some backends (S3) and none for others (a local file), and only Terraform knows.
 */
export function examineState(folder: string, stack: string, env: Environment): Promise<ExaminedState> {
  return withBackend(folder, stack, env, async (run) => {
    const lock = await heldLock(run);
    return { state: parseState(await run("state", "pull"), stack), lock };
  });
}

/** A local state that Terraform was killed over, with what it was before that run. */
export interface CutState {
  readonly file: string;
  /** Terraform's own copy of the state as its last run found it. */
  readonly backup: string;
  readonly before: StackState;
}

/**
 * Terraform empties the file of a local state before it writes it again. A run that is killed at that moment leaves
 * nothing, which the next one takes for a stack that was never applied. Its backup was written before that.
 *
 * @returns undefined for a state that is whole, or kept elsewhere
 */
export function cutState(folder: string, stack: string): CutState | undefined {
  const file = localStateFile(folder, stack);
  if (file === undefined || statSync(file, { throwIfNoEntry: false })?.size !== 0) return undefined;
  const backup = `${file}.backup`;
  if (!statSync(backup, { throwIfNoEntry: false })?.size) return undefined;
  return { file, backup, before: parseState(readFileSync(backup, "utf8"), stack) };
}

/** Marks an object in a state, so that the next apply replaces it; `terraform untaint` takes that back. */
export async function taint(folder: string, stack: string, address: string, env: Environment): Promise<void> {
  await withBackend(folder, stack, env, (run) => run("taint", "-lock-timeout=2s", "-no-color", address));
}

/** Gives an object of a state another address. One that no resource has any more is deleted by the next apply. */
export async function move(folder: string, stack: string, from: string, to: string, env: Environment): Promise<void> {
  await withBackend(folder, stack, env, (run) => run("state", "mv", "-lock-timeout=2s", from, to));
}

/** Takes an object out of a state; what it stands for stays as it is. */
export async function forget(folder: string, stack: string, address: string, env: Environment): Promise<void> {
  await withBackend(folder, stack, env, (run) => run("state", "rm", "-lock-timeout=2s", address));
}

async function heldLock(run: RunTerraform): Promise<HeldLock | undefined> {
  try {
    await run("untaint", "-allow-missing", "-lock-timeout=2s", "-no-color", NOTHING);
    return undefined;
  } catch (error) {
    if (!(error instanceof TerraformFailure) || !error.said.includes("state lock")) throw error;
    const field = (name: string) => new RegExp(`^\\W*${name}:[ \\t]*(.*?)\\s*$`, "m").exec(error.said)?.[1] ?? "";
    const lock = { id: field("ID"), who: field("Who"), operation: field("Operation"), created: field("Created") };
    // Without an id it is no lock of somebody's: the store could not be asked.
    if (lock.id === "") throw error;
    return lock;
  }
}

function parseState(text: string, stack: string): StackState {
  // A stack that was never applied has no state at all.
  if (text.trim() === "") return { outputs: new Map(), objects: [] };
  const parsed = document.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const fix = "It must be a state of Terraform 1.11 or newer.";
    throw StrataError.of({ where: `state of ${stack}`, problem: "its form is not known", fix });
  }
  const { outputs = {}, resources = [] } = parsed.data;
  return {
    outputs: new Map(Object.entries(outputs).map(([name, { value }]) => [name, value])),
    objects: resources
      .filter(({ mode }) => mode === "managed")
      .flatMap(({ module, type, name, provider, instances }) =>
        instances.map(({ status, deposed, attributes }) => ({
          type,
          address: `${module === undefined ? "" : `${module}.`}${type}.${name}`,
          alias: /\]\.([\w-]+)$/.exec(provider)?.[1] ?? "",
          tainted: status === "tainted",
          deposed: deposed !== undefined,
          attributes: attributes ?? {},
        })),
      ),
  };
}
