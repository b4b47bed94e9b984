import type { World } from "../providers/world/world";
import type { EngineVersion } from "./report";

/** What stands behind the providers of a run: simulated APIs only, or real servers and providers beside them. */
export interface Engine {
  readonly mode: "simulated" | "live";
  /** Everything that exists in the simulated APIs. */
  readonly world: World;
  /** Stacks that may be worked on at the same time. */
  readonly parallelStacks: number;
  readonly parallelPlans: number;
  /** The value of TF_REATTACH_PROVIDERS as it is now: servers may have been started since. */
  reattach(): string;
  /** Version of each provider that serves, by its address. */
  readonly providerVersions: Readonly<Record<string, string>>;
  /** Brings everything up, in as many steps as it takes. */
  deploy(run: RunStacks): Promise<void>;
  /** Takes everything down; fails with a list when something would be left behind. */
  destroy(run: RunStacks): Promise<void>;
  /** What it has to say of itself after a run. */
  notes(): EngineNotes;
  /** Ends all that it started and keeps all data. */
  stop(): Promise<void>;
}

/** Runs cdktf over the stacks that match one of the patterns, such as `l1-*`. */
export type RunStacks = (patterns: readonly string[]) => Promise<void>;

/** What a report says of an engine beside the stacks. */
export interface EngineNotes {
  /** Programs that stood in for what production runs. */
  readonly programs: Readonly<Record<string, EngineVersion>>;
  readonly charts: readonly ServedChart[];
  readonly clusters: readonly ClusterNote[];
  /** What is not as it will be in production, a sentence each. */
  readonly remarks: readonly string[];
}

/** A chart that Helm fetched: the real one from a mirror, or a stand-in. */
export interface ServedChart {
  readonly chart: string;
  readonly version: string;
  readonly source: "mirror" | "stand-in" | "generic stand-in";
}

/** A cluster that ran. */
export interface ClusterNote {
  readonly name: string;
  readonly bootSeconds: number;
  readonly memoryMb: number;
}

/** Whether a pattern of stacks names a stack; `*` stands for any text. */
export function namesStack(pattern: string, id: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`).test(id);
}
