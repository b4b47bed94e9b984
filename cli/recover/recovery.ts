import type { Eyes } from "./lookups";
import type { RecoverReport } from "./report";
import type { States } from "./states";

/** What mending a stack needs. */
export interface Recovery {
  readonly states: States;
  readonly eyes: Eyes;
  readonly report: RecoverReport;
  /** Change nothing. */
  readonly dryRun: boolean;
  /** Clear the records of releases that may still be in use. */
  readonly force: boolean;
  /**
   * The stack that `cdktf deploy` did not end with, and so never began with this one. @default - it may have begun
   */
  readonly behind?: string;
  /** Ask Vultr about what is in the states too. */
  readonly namesakes: boolean;
}
