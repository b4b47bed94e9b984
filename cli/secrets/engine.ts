import { StrataError } from "../../constructs/core/errors";
import { compareTexts } from "../../constructs/core/texts";
import type { SecretRight } from "../../constructs/core/vault-policy";

/** A secret as an engine holds it. */
export interface StoredSecret {
  /** Keys and values; values that others wrote may be any JSON. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Counts the writes: the next write names it, so that none goes unseen. */
  readonly version: number;
  /** The newest version was deleted; older ones may be recoverable. */
  readonly deleted: boolean;
}

/** What can be told of a secret without reading a value. */
export interface SecretOutline {
  /** Names of its keys. */
  readonly keys: readonly string[];
  readonly version: number;
  /** When that version was written; ISO 8601. */
  readonly written: string;
  readonly deleted: boolean;
}

/**
 * Where secrets are kept. Vault's KV version 2 is the first; Infisical or OpenBao can follow behind the same port.
 * Reads and checks are repeated by the engine as long as that may help; writes are not, because only the caller knows
 * what a write that may have happened means.
 */
export interface SecretEngine {
  /** For messages, as in `Vault at https://vault.example.com`. */
  readonly name: string;
  /** Refuses an engine that cannot work: sealed, the wrong kind of mount, no rights. */
  check(): Promise<void>;
  /** Undefined when the path was never written. */
  read(path: string): Promise<StoredSecret | undefined>;
  /**
   * Sets these keys, keeps every other one, and creates the path when it is not there. `expectedVersion` is the version
   * that was read, 0 for none; {@link WriteConflict} when it is another by now.
   */
  write(path: string, keys: Readonly<Record<string, string>>, expectedVersion: number): Promise<void>;
  /** The same without values; undefined when the path was never written. */
  look(path: string): Promise<SecretOutline | undefined>;
  /** Names in a folder; folders among them end with `/`. @param folder ends with `/`; empty for the top */
  list(folder: string): Promise<readonly string[]>;
  /** Deletes a path with all of its versions, for good. One that is not there is no failure. */
  delete(path: string): Promise<void>;
  /** The policy, in the engine's own language, that gives a token these rights. @param folder as above @default - all */
  policy(rights: readonly SecretRight[], folder?: string): string;
  /** Whether an error may pass when the same is tried again. */
  passes(error: unknown): boolean;
}

/** Somebody else wrote the path since it was read. */
export class WriteConflict extends Error {
  constructor(path: string) {
    super(`${path} was written by somebody else at the same time`);
    this.name = "WriteConflict";
  }
}

/** A secret of which only older versions may be left: nothing is written over it. */
export function wasDeleted(engine: SecretEngine, path: string, { version }: StoredSecret): StrataError {
  return StrataError.of({
    where: engine.name,
    problem: `${path} was deleted (version ${version}), and new values would lock out whoever still uses the old ones`,
    fix: "Bring it back with `vault kv undelete`, or remove all of it with `vault kv metadata delete` to start anew.",
  });
}

/** Every path in a folder and in the folders of it. @param folder ends with `/`; empty for all */
export async function pathsIn(engine: Pick<SecretEngine, "list">, folder = ""): Promise<readonly string[]> {
  const paths: string[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const name of await engine.list(next)) (name.endsWith("/") ? folders : paths).push(`${next}${name}`);
  }
  return paths.sort(compareTexts);
}
