import type { EmbeddedClusters } from "../../clusters/embedded";
import type { Engine } from "../../run/engine";
import type { SandboxPaths } from "../../run/paths";
import type { Processes } from "../../run/processes";
import type { Program } from "../../run/program";
import type { Terminal } from "../../run/terminal";
import type { Faults } from "../controllers";
import type { Servers } from "../servers";
import type { CentralVault } from "./central-vault";

/** What a live run works with. */
export interface LiveOptions {
  readonly paths: SandboxPaths;
  readonly terminal: Terminal;
  readonly processes: Processes;
  readonly servers: Servers;
  /** Every program of `liveTools`, by name. */
  readonly tools: ReadonlyMap<string, string>;
  /** The Terraform binary. */
  readonly terraform: string;
  readonly program: Program;
  /** File that keeps what exists in the simulated APIs, whatever becomes of the states. @default - none is kept */
  readonly journal?: string;
  /** Which Jobs and workloads fail. */
  readonly faults: Faults;
  /** Folder of real charts. @default - stand-ins only */
  readonly charts?: string;
}

/** The live engine, and its parts for tests. */
export interface LiveEngine extends Engine {
  readonly clusters: EmbeddedClusters;
  readonly vault: CentralVault;
  /** Ends the real providers in the middle of what they do and starts them anew, as it is when a deployment is killed. */
  killProviders(): Promise<void>;
}
