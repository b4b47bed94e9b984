import { ApiUnreachable, isTerminating } from "../api";
import { controllerOf, keyOf, type ObjectName, type ResourceType, type Stored } from "../api/objects";
import type { ClusterView } from "./cluster-view";
import { messageOf } from "./problems";
import { WorkQueue } from "./queue";

/** What came of looking after an object. */
export interface Outcome {
  /** Look again after this time. @default - when something changes */
  readonly againMs?: number;
  /** Why the object is not what it should be, without any secret. @default - it is */
  readonly problem?: string;
}

/** Looks after all objects of one kind: brings each to where it should be, again and again until it is there. */
export interface ControllerOptions<T extends Stored> {
  /** What messages call it. */
  readonly name: string;
  readonly type: ResourceType<T>;
  /** Must be able to run at any time, any number of times, and to go on from anywhere. */
  readonly reconcile: (object: T, cluster: ClusterView) => Promise<Outcome | undefined>;
  /** What else gives a reason to look at objects of the kind. @default - nothing */
  readonly causes?: (causes: Causes<T>) => void;
  /** An object is gone. @default - nothing is done */
  readonly onGone?: (object: T, cluster: ClusterView) => void;
}

/** Says when to look at objects although they did not change themselves. */
export interface Causes<T extends Stored> {
  readonly cluster: ClusterView;
  /** An object of another kind changed: look at these. */
  when<O extends Stored>(type: ResourceType<O>, concerns: (object: O) => readonly ObjectName[]): void;
  /** An object that one of these controls changed: look at that one. */
  whenOwned<O extends Stored>(owned: ResourceType<O>): void;
  /** An object of another kind changed: look at all for which the answer is yes. */
  whenConcerned<O extends Stored>(type: ResourceType<O>, isConcerned: (object: T, cause: O) => boolean): void;
  /** Something else happened: look at all. */
  all(): void;
  /** Called when the controller ends. */
  onStop(end: () => void): void;
}

/** A controller that can be started on a cluster. */
export interface Controller {
  start(cluster: ClusterView): RunningController;
}

export interface RunningController {
  /** Whether it has nothing to do before something changes or a time comes. */
  readonly isIdle: boolean;
  stop(): Promise<void>;
}

/** Attempts after which a failure is told: a conflict, say, passes by itself. */
const TELL_AFTER = 3;

/** Makes a controller: one loop of its own, on the objects that all controllers share. */
export function controller<T extends Stored>(options: ControllerOptions<T>): Controller {
  return { start: (cluster) => new Loop(options, cluster) };
}

class Loop<T extends Stored> implements RunningController {
  private readonly queue: WorkQueue;
  private readonly names = new Map<string, ObjectName>();
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly options: ControllerOptions<T>,
    private readonly cluster: ClusterView,
  ) {
    this.queue = new WorkQueue(
      (key) => this.work(key),
      (key, error, attempts) => {
        // A server that does not answer is told of once, by those who watch it.
        if (attempts < TELL_AFTER || error instanceof ApiUnreachable) return;
        this.cluster.problems.set(this.subject(key), messageOf(error));
      },
    );
    const { type, onGone, causes } = options;
    cluster.store(type).onChange((object, gone) => {
      if (gone) onGone?.(object, cluster);
      this.add(object.metadata);
    });
    causes?.({
      cluster,
      when: (other, concerns) =>
        cluster.store(other).onChange((object) => {
          for (const name of concerns(object)) this.add(name);
        }),
      whenOwned: (owned) =>
        cluster.store(owned).onChange((object) => {
          const owner = controllerOf(object);
          if (owner?.kind !== type.kind || owner.apiVersion !== type.apiVersion) return;
          this.add({ name: owner.name, namespace: object.metadata.namespace });
        }),
      whenConcerned: (other, isConcerned) =>
        cluster.store(other).onChange((cause) => {
          for (const object of cluster.store(type).all()) {
            if (orBroken(() => isConcerned(object, cause))) this.add(object.metadata);
          }
        }),
      all: () => {
        for (const { metadata } of cluster.store(type).all()) this.add(metadata);
      },
      onStop: (end) => this.ends.push(end),
    });
  }

  get isIdle(): boolean {
    return this.queue.isIdle;
  }

  async stop(): Promise<void> {
    for (const end of this.ends) end();
    await this.queue.stop();
  }

  private add({ name, namespace }: ObjectName): void {
    const key = keyOf({ name, namespace });
    this.names.set(key, { name, namespace });
    this.queue.add(key);
  }

  private async work(key: string): Promise<number | undefined> {
    const name = this.names.get(key);
    const object = name && this.cluster.store(this.options.type).get(name);
    if (object === undefined) {
      this.names.delete(key);
      this.cluster.problems.set(this.subject(key), undefined);
      return undefined;
    }
    try {
      const { againMs, problem } = (await this.options.reconcile(object, this.cluster)) ?? {};
      this.cluster.problems.set(this.subject(key), problem);
      return againMs;
    } catch (error) {
      // Nothing can be made there any more, and all that is there goes.
      if (isTerminating(error)) return undefined;
      throw error;
    }
  }

  private subject(key: string): string {
    return `${this.options.name} ${key}`;
  }
}

/** An object that is not what its kind should be is looked at: its own loop says so, and nobody else is kept from work. */
function orBroken(isConcerned: () => boolean): boolean {
  try {
    return isConcerned();
  } catch {
    return true;
  }
}
