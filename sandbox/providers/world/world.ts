import type { Values } from "../wire/values";

/** One object that the simulated APIs hold. */
export interface WorldObject {
  /** Address of the provider that made it. */
  readonly provider: string;
  readonly type: string;
  /** What the provider configuration was bound to, such as the API server of a cluster. */
  readonly scope: string;
  readonly id: string;
  readonly values: Values;
}

/** Told of every change, after it. */
export interface WorldObserver {
  put(object: WorldObject): void;
  remove(key: string): void;
}

/** All objects of the simulated APIs, found by type, scope and id. */
export class World {
  private readonly objects = new Map<string, WorldObject>();
  private observer: WorldObserver | undefined;

  /**
   * @param strict objects may exist that no state knows, as after a killed run: what the real API writes over is then
   * written over. Otherwise a second owner is refused, so that a program with two of them is found.
   */
  constructor(readonly strict = false) {}

  /** The name of an object in this world. */
  static key(type: string, scope: string, id: string): string {
    return [type, scope, id].join(" ");
  }

  observe(observer: WorldObserver): void {
    this.observer = observer;
  }

  put(object: WorldObject): void {
    this.objects.set(World.key(object.type, object.scope, object.id), object);
    this.observer?.put(object);
  }

  remove(key: string): void {
    if (this.objects.delete(key)) this.observer?.remove(key);
  }

  get(key: string): WorldObject | undefined {
    return this.objects.get(key);
  }

  has(key: string): boolean {
    return this.objects.has(key);
  }

  /** The objects of a type, or of all types, that a condition picks. */
  find(type: string | undefined, pick: (object: WorldObject) => boolean = () => true): WorldObject[] {
    return [...this.objects.values()].filter((object) => (type === undefined || object.type === type) && pick(object));
  }

  /** Removes every object that a condition picks; answers how many there were. */
  removeWhere(pick: (object: WorldObject) => boolean): number {
    const keys = [...this.objects].filter(([, object]) => pick(object)).map(([key]) => key);
    for (const key of keys) this.remove(key);
    return keys.length;
  }

  get size(): number {
    return this.objects.size;
  }

  /** How many objects there are of each type. */
  countByType(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { type } of this.objects.values()) counts[type] = (counts[type] ?? 0) + 1;
    return counts;
  }
}
