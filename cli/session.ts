import type { RetryPolicy } from "./retry";
import type { Terminal } from "./terminal";

/** What a command may use of the world outside; tests hand in their own. */
export interface Session {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths of options start here. */
  readonly cwd: string;
  /** The checkout of this repository. */
  readonly root: string;
  readonly terminal: Terminal;
  /** How requests to servers are repeated. */
  readonly retry: RetryPolicy;
  /** Set by a command that ends with something else than 0. */
  exitCode: number;
}
