/** A secret as an engine holds it. */
export interface StoredSecret {
  /** Keys and values; values that others wrote may be any JSON. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Counts the writes: the next write names it, so that none goes unseen. */
  readonly version: number;
  /** The newest version was deleted; older ones may be recoverable. */
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
  /** Names below a path; folders end with `/`. */
  list(path: string): Promise<readonly string[]>;
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
