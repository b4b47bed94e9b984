import { isDeepStrictEqual } from "node:util";
import {
  type Api,
  ApiRefusal,
  ApiUnreachable,
  type Listing,
  type WatchEvent,
} from "../../../../../sandbox/live/controllers/api";
import {
  type Draft,
  keyOf,
  type ObjectName,
  type ResourceType,
  type Served,
  type Stored,
} from "../../../../../sandbox/live/controllers/api/objects";

type Json = { [field: string]: unknown };
type Listener = (event: WatchEvent<never> | "end") => void;

/** A request that changes something, as `PATCH services team/web status`. */
export type Change = string;

/** An API server in memory: it stores, patches, deletes with finalizers and tells who watches; it validates nothing. */
export class FakeApi implements Api {
  /** Every request that changed something. */
  readonly changes: Change[] = [];
  /** Tokens that were asked for, with their audiences. */
  readonly tokens: string[] = [];
  /** Called before each request with what it is; what it throws is the answer. */
  before: (request: string) => void = () => undefined;
  private readonly collections = new Map<string, Map<string, Stored>>();
  private readonly watchers = new Map<string, Set<Listener>>();
  /** Everything that happened, so that a watch can begin in the past. */
  private readonly history: { readonly plural: string; readonly at: number; readonly event: WatchEvent<Stored> }[] = [];
  private version = 0;
  private down = false;

  /** Nobody answers any more, and watches end. */
  goDown(): void {
    this.down = true;
    for (const listeners of this.watchers.values()) for (const tell of [...listeners]) tell("end");
  }

  comeUp(): void {
    this.down = false;
  }

  /** Puts fields of an object there as somebody else would; answers with what is stored. */
  put<T extends Stored>(type: ResourceType<T>, draft: Draft<T>): T {
    const known = this.collection(type).get(keyOf(draft.metadata));
    return this.store<T>(type, known, { ...known, ...draft, metadata: { ...known?.metadata, ...draft.metadata } });
  }

  read<T extends Stored>(type: ResourceType<T>, name: string, namespace?: string): T | undefined {
    return found<T>(this.collection(type).get(keyOf({ name, namespace })));
  }

  all<T extends Stored>(type: ResourceType<T>): T[] {
    return [...this.collection(type).values()].flatMap((object) => found<T>(object) ?? []);
  }

  async list<T extends Stored>(type: ResourceType<T>): Promise<Listing<T>> {
    this.ask(`LIST ${type.plural}`);
    return { items: this.all(type), resourceVersion: String(this.version) };
  }

  watch<T extends Stored>(
    type: ResourceType<T>,
    resourceVersion: string,
    onEvent: (event: WatchEvent<T>) => void,
    signal: AbortSignal,
  ): Promise<string> {
    this.ask(`WATCH ${type.plural}`);
    const listeners = this.watchers.get(type.plural) ?? new Set();
    this.watchers.set(type.plural, listeners);
    return new Promise((resolve, reject) => {
      const listener: Listener = (event) => {
        if (event !== "end") return onEvent(event);
        listeners.delete(listener);
        reject(new ApiUnreachable("the API server cannot be reached: gone"));
      };
      listeners.add(listener);
      for (const { plural, at, event } of this.history) {
        if (plural === type.plural && at > Number(resourceVersion)) listener(fresh(event));
      }
      signal.addEventListener("abort", () => {
        listeners.delete(listener);
        resolve(resourceVersion);
      });
    });
  }

  async get<T extends Stored>(type: ResourceType<T>, { name, namespace }: ObjectName): Promise<T | undefined> {
    this.ask(`GET ${type.plural} ${keyOf({ name, namespace })}`);
    return this.read(type, name, namespace);
  }

  async apply<T extends Stored>(type: ResourceType<T>, draft: Draft<T>): Promise<T> {
    const key = keyOf(draft.metadata);
    this.change(`APPLY ${type.plural} ${key}`);
    const known = this.collection(type).get(key);
    return this.store<T>(type, known, merged(known ?? {}, plain(draft)));
  }

  async patch<T extends Stored>(
    type: ResourceType<T>,
    { name, namespace }: ObjectName,
    patch: object,
    subresource?: "status",
  ): Promise<T | undefined> {
    const key = keyOf({ name, namespace });
    this.change(["PATCH", type.plural, key, ...(subresource === undefined ? [] : [subresource])].join(" "));
    const known = this.collection(type).get(key);
    if (known === undefined) return undefined;
    const change = merged({}, plain(patch));
    const { resourceVersion } = { ...(change.metadata as Json | undefined) };
    if (resourceVersion !== undefined && resourceVersion !== known.metadata.resourceVersion) {
      throw new ApiRefusal(409, "the object has been modified");
    }
    return this.store<T>(type, known, merged(known, plain(patch)));
  }

  async delete<T extends Stored>(type: ResourceType<T>, { uid, ...name }: ObjectName & { uid: string }): Promise<void> {
    const key = keyOf(name);
    this.change(`DELETE ${type.plural} ${key}`);
    const known = this.collection(type).get(key);
    if (known?.metadata.uid === uid) this.remove(type, known);
  }

  async token(account: ObjectName, audiences: readonly string[]): Promise<string> {
    this.ask(`TOKEN ${keyOf(account)}`);
    this.tokens.push(`${keyOf(account)} for ${audiences.join(", ")}`);
    return `jwt-of-${keyOf(account)}`;
  }

  /** Removes an object as somebody else would. */
  take<T extends Stored>(type: ResourceType<T>, name: string, namespace?: string): void {
    const known = this.collection(type).get(keyOf({ name, namespace }));
    if (known !== undefined) this.remove(type, known);
  }

  private remove(type: Served, known: Stored): void {
    if ((known.metadata.finalizers ?? []).length === 0) this.drop(type, known);
    else this.store(type, known, merged(known, { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }));
  }

  private ask(request: string): void {
    if (this.down) throw new ApiUnreachable("the API server cannot be reached: down");
    this.before(request);
  }

  private change(request: Change): void {
    this.ask(request);
    this.changes.push(request);
  }

  private store<T extends Stored>(type: Served, known: Stored | undefined, content: object): T {
    const { metadata, ...rest } = plain(content) as Json & { metadata: Json };
    const before = known === undefined ? undefined : (plain(known) as Json);
    const spec = JSON.stringify(rest.spec);
    const changed = before === undefined || JSON.stringify(before.spec) !== spec;
    const generation = (known?.metadata.generation ?? 0) + (changed ? 1 : 0);
    const base = { uid: known?.metadata.uid ?? `uid-${++this.version}`, creationTimestamp: "2026-01-01T00:00:00Z" };
    const object = { ...rest, metadata: { ...base, ...metadata, generation } };
    if (before !== undefined && isDeepStrictEqual(before, plain(object))) return fresh<T>(known);
    const stored = plain({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(++this.version) },
    }) as unknown as Stored;
    const done = stored.metadata.deletionTimestamp !== undefined && (stored.metadata.finalizers ?? []).length === 0;
    if (done) this.drop(type, stored);
    else {
      this.collection(type).set(keyOf(stored.metadata), stored);
      this.tell(type, known === undefined ? "ADDED" : "MODIFIED", stored);
    }
    return fresh<T>(stored);
  }

  private drop(type: Served, object: Stored): void {
    this.collection(type).delete(keyOf(object.metadata));
    const metadata = { ...object.metadata, resourceVersion: String(++this.version) };
    this.tell(type, "DELETED", { ...object, metadata });
  }

  private tell(type: Served, what: WatchEvent<Stored>["type"], object: Stored): void {
    const event = { type: what, object };
    this.history.push({ plural: type.plural, at: this.version, event });
    for (const listener of this.watchers.get(type.plural) ?? []) listener(fresh(event));
  }

  private collection({ plural }: Served): Map<string, Stored> {
    const collection = this.collections.get(plural) ?? new Map<string, Stored>();
    this.collections.set(plural, collection);
    return collection;
  }
}

/** A copy, as it would come over the network. What a collection holds is of its kind: tests put it there. */
export function fresh<T>(object: unknown): T {
  return JSON.parse(JSON.stringify(object));
}

function found<T>(object: Stored | undefined): T | undefined {
  return object === undefined ? undefined : fresh<T>(object);
}

function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value));
}

/** A merge patch (RFC 7386). */
function merged(target: object, patch: Json): Json {
  const result: Json = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    const inner = result[name];
    if (value === null) delete result[name];
    else if (!isObject(value)) result[name] = value;
    else result[name] = merged(isObject(inner) ? inner : {}, value);
  }
  return result;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
