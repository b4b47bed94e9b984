import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import { isJsonObject } from "../../constructs/core/json";
import { remembered } from "../remember";
import type { Session } from "../session";
import {
  type CutState,
  cutState,
  type ExaminedState,
  examineState,
  forget,
  type HeldLock,
  move,
  readState,
  taint,
} from "../terraform/state";
import type { Program, ProgramStack } from "./program";
import type { RecoverReport } from "./report";

/** How many states are read at once. */
const AT_ONCE = 4;

/** Who has an object in a state. */
export interface Owner {
  readonly stack: string;
  readonly address: string;
}

/** A state, or what it was before Terraform was killed over it. */
export interface KnownState extends ExaminedState {
  /** @default - it is whole */
  readonly cut?: CutState;
}

/** The states of a program, each read once. */
export class States {
  readonly of: (stack: string) => Promise<KnownState>;
  private readonly owners = new Map<string, Owner>();

  private constructor(
    private readonly folder: string,
    private readonly session: Pick<Session, "env" | "cwd">,
    private readonly program: Program,
    chosen: readonly ProgramStack[],
  ) {
    const { env } = session;
    const lockable = new Set(chosen.map(({ id }) => id));
    this.of = remembered(async (stack) => {
      const examined: ExaminedState = lockable.has(stack)
        ? await examineState(folder, stack, env)
        : { state: await readState(folder, stack, env) };
      // Whoever holds the lock may be writing it.
      const cut = examined.lock === undefined ? cutState(folder, stack) : undefined;
      return cut === undefined ? examined : { state: cut.before, cut };
    });
  }

  /**
   * Reads all of them, those that were not chosen too: an object that stands in any state is not lost.
   *
   * @param folder output folder of synth
   * @param chosen stacks whose locks matter
   */
  static async read(
    folder: string,
    session: Pick<Session, "env" | "cwd">,
    program: Program,
    chosen: readonly ProgramStack[],
    report: RecoverReport,
  ): Promise<States> {
    const states = new States(folder, session, program, chosen);
    const left = [...program.keys()];
    const work = async (): Promise<void> => {
      for (let stack = left.shift(); stack !== undefined; stack = left.shift()) {
        await states.note(stack).catch((error: unknown) => report.fail(error, stack));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return states;
  }

  /** The same once more, as it is now. */
  again(stack: string): Promise<ExaminedState> {
    return examineState(this.folder, stack, this.session.env);
  }

  /** Marks an object, so that the next apply replaces it. */
  taint(stack: string, address: string): Promise<void> {
    return taint(this.folder, stack, address, this.session.env);
  }

  /** Gives an object another address. */
  move(stack: string, from: string, to: string): Promise<void> {
    return move(this.folder, stack, from, to, this.session.env);
  }

  /** Takes an object out of a state. */
  forget(stack: string, address: string): Promise<void> {
    return forget(this.folder, stack, address, this.session.env);
  }

  /** What has an object already. @param alias of the provider, which tells clusters apart */
  ownerOf(type: string, alias: string, id: string): Owner | undefined {
    return this.owners.get(keyOf(type, alias, id));
  }

  /** How to run Terraform in the folder of a stack. */
  commandIn(stack: string): string {
    const below = path.relative(this.session.cwd, path.join(this.folder, "stacks", stack));
    return `terraform -chdir=${below}`;
  }

  /** Why nothing of a stack is touched: somebody deploys it, or a killed run left its lock in the store. */
  lockedBy(stack: string, { id, who, operation, created }: HeldLock): StrataError {
    return StrataError.of({
      where: `state of ${stack}`,
      problem: `is locked by ${who} since ${created} (${operation}): nothing of this stack was looked at`,
      fix: `Wait until it is free. When nobody is deploying: ${this.commandIn(stack)} force-unlock ${id}`,
    });
  }

  /**
   * The stack that has to be deployed before this one can hold anything; undefined for one that may. `cdktf deploy`
   * starts with a stack when all that it depends on is done.
   */
  async behind(stack: ProgramStack): Promise<string | undefined> {
    const { state } = await this.of(stack.id);
    if (state.objects.length > 0) return undefined;
    for (const dependency of stack.dependencies) {
      if (!(await this.isComplete(dependency).catch(() => true))) return dependency;
    }
    return undefined;
  }

  private async isComplete(id: string): Promise<boolean> {
    const stack = this.program.get(id);
    if (stack === undefined) return true;
    const { state } = await this.of(id);
    const done = new Set(
      state.objects.filter(({ tainted, deposed }) => !tainted && !deposed).map((each) => each.address),
    );
    const outputs = isJsonObject(stack.json.output) ? Object.keys(stack.json.output) : [];
    return (
      stack.resources.every(({ address }) => done.has(address)) && outputs.every((name) => state.outputs.has(name))
    );
  }

  private async note(stack: string): Promise<void> {
    const { state } = await this.of(stack);
    for (const { type, alias, address, attributes } of state.objects) {
      if (typeof attributes.id === "string") this.owners.set(keyOf(type, alias, attributes.id), { stack, address });
    }
  }
}

/** Where an object of a state stands that another one has replaced: no resource is called so, and Terraform deletes it. */
export function leavingAddress(address: string): string {
  return `${address}_replaced`;
}

function keyOf(type: string, alias: string, id: string): string {
  // Ids of the clouds and of Vault are the same everywhere; names of a cluster are of that cluster.
  return [type, type.startsWith("kubernetes_") ? alias : "", id].join(" ");
}
