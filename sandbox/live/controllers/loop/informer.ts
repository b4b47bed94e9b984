import { setTimeout as sleep } from "node:timers/promises";
import { type Api, ApiRefusal, ApiUnreachable, type WatchEvent } from "../api";
import { keyOf, type ObjectName, type ResourceType, type Stored } from "../api/objects";

/** All objects of a kind as they are known here: a moment behind the API server. */
export interface Store<T extends Stored> {
  get(object: ObjectName): T | undefined;
  all(): readonly T[];
  /** Calls back for every object that is new, changed or gone, those that are known already included. */
  onChange(listener: (object: T, gone: boolean) => void): void;
}

/** Methods, not functions, so that a store of one kind is a store of any kind. */
interface Listener<T> {
  tell(object: T, gone: boolean): void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;
const TELL_AFTER = 4;

/**
 * Keeps a copy of all objects of a kind. It lists and watches again whatever happens to the API server: one that is
 * killed, restarted, or does not serve the kind yet.
 */
export class Informer<T extends Stored> implements Store<T> {
  private readonly objects = new Map<string, T>();
  private readonly listeners: Listener<T>[] = [];
  private stopping: AbortController | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly api: Api,
    private readonly type: ResourceType<T>,
    /** Told what keeps it from watching; undefined when it watches. */
    private readonly onTrouble: (error: unknown) => void,
  ) {}

  get(object: ObjectName): T | undefined {
    return this.objects.get(keyOf(object));
  }

  all(): readonly T[] {
    return [...this.objects.values()];
  }

  onChange(listener: (object: T, gone: boolean) => void): void {
    this.listeners.push({ tell: listener });
    for (const object of this.objects.values()) listener(object, false);
  }

  /** Begins to watch; one that watches already goes on. */
  start(): void {
    if (this.stopping !== undefined) return;
    this.stopping = new AbortController();
    this.running = this.run(this.stopping.signal);
  }

  /** Ends watching: for all who listen the objects are gone. */
  async stop(): Promise<void> {
    this.stopping?.abort();
    this.stopping = undefined;
    this.replace([]);
    this.onTrouble(undefined);
    await this.running;
  }

  private async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let version: string | undefined;
    while (!signal.aborted) {
      try {
        if (version === undefined) {
          const { items, resourceVersion } = await this.api.list(this.type, signal);
          if (signal.aborted) return;
          this.replace(items);
          version = resourceVersion;
        }
        this.onTrouble(undefined);
        version = await this.api.watch(this.type, version, (event) => signal.aborted || this.take(event), signal);
        failures = 0;
      } catch (error) {
        // A server that came back may know less than what was seen here, so everything is read again.
        version = undefined;
        if (signal.aborted) return;
        // The server keeps a while of its past only: to be told so is part of watching.
        if (error instanceof ApiRefusal && error.status === 410) continue;
        failures++;
        // A server that has just come up, or learnt of a kind, refuses for a moment.
        if (failures >= TELL_AFTER || error instanceof ApiUnreachable) this.onTrouble(error);
        await sleep(pauseAfter(failures), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private replace(items: readonly T[]): void {
    const before = new Map(this.objects);
    // All are there before the first is told of: who decides over one may look at the others.
    this.objects.clear();
    for (const object of items.map((item) => this.trimmed(item))) this.objects.set(keyOf(object.metadata), object);
    for (const [key, object] of before) if (!this.objects.has(key)) this.tell(object, true);
    for (const [key, object] of this.objects) {
      if (before.get(key)?.metadata.resourceVersion !== object.metadata.resourceVersion) this.tell(object, false);
    }
  }

  private take({ type, object }: WatchEvent<T>): void {
    const trimmed = this.trimmed(object);
    if (type === "DELETED") this.objects.delete(keyOf(trimmed.metadata));
    else this.objects.set(keyOf(trimmed.metadata), trimmed);
    this.tell(trimmed, type === "DELETED");
  }

  private tell(object: T, gone: boolean): void {
    for (const listener of this.listeners) listener.tell(object, gone);
  }

  /** Who set which field is a large part of an object, and nobody here asks for it. */
  private trimmed(object: T): T {
    const whole = { ...object, metadata: { ...object.metadata, managedFields: undefined } };
    return this.type.trim?.(whole) ?? whole;
  }
}

function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}
