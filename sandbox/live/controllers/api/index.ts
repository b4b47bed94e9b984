import type { Draft, ObjectName, ResourceType, Stored } from "./objects";

/** All objects of a kind, and the version of the store at which they were read. */
export interface Listing<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** Something that happened to an object. */
export interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: T;
}

/** The requests that controllers send to an API server. Every one may be sent again. */
export interface Api {
  list<T extends Stored>(type: ResourceType<T>, signal?: AbortSignal): Promise<Listing<T>>;
  /**
   * Tells what happens to objects of a kind after a version, until the server ends it; answers with the version to go
   * on from. Bookmarks keep that version young while nothing happens.
   */
  watch<T extends Stored>(
    type: ResourceType<T>,
    resourceVersion: string,
    onEvent: (event: WatchEvent<T>) => void,
    signal: AbortSignal,
  ): Promise<string>;
  get<T extends Stored>(type: ResourceType<T>, object: ObjectName): Promise<T | undefined>;
  /** Makes an object, or changes the fields that are named here and gives up those that were and are no more. */
  apply<T extends Stored>(type: ResourceType<T>, object: Draft<T>): Promise<T>;
  /**
   * Changes the fields of a merge patch. Metadata with a `resourceVersion` makes the server refuse it when the object
   * was changed since. Undefined when the object is gone.
   */
  patch<T extends Stored>(
    type: ResourceType<T>,
    object: ObjectName,
    patch: object,
    subresource?: "status",
  ): Promise<T | undefined>;
  /** Removes an object; one that is gone, or is another one of the same name by now, is no mistake. */
  delete<T extends Stored>(type: ResourceType<T>, object: ObjectName & { readonly uid: string }): Promise<void>;
  /** A token of a service account for these audiences. */
  token(account: ObjectName, audiences: readonly string[], seconds: number): Promise<string>;
}

/** The API server refused a request. */
export class ApiRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** No answer came: the API server is not there, or went away. */
export class ApiUnreachable extends Error {}

/** Whether what was asked for could not be because its namespace is going away. */
export function isTerminating(error: unknown): boolean {
  return error instanceof ApiRefusal && /because it is being terminated/.test(error.message);
}

/** Whether somebody else changed the object since it was read. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiRefusal && error.status === 409;
}
