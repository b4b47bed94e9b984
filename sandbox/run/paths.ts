import path from "node:path";
import { repositoryRoot } from "../root";

/** Where a sandbox keeps its things. Everything but the tools is below one folder that may be deleted at any time. */
export interface SandboxPaths {
  /** The checkout. */
  readonly root: string;
  /** The sandbox's own folder. */
  readonly folder: string;
  /** What synth writes. */
  readonly out: string;
  /** One state file for each stack. */
  readonly state: string;
  /** HOME of every child process: nothing of the user is read. */
  readonly home: string;
  /** The whole output of cdktf and Terraform. */
  readonly logs: string;
  /** Process ids of every Terraform that was started. */
  readonly pids: string;
  /** Keeps a second sandbox out of the folder. */
  readonly lock: string;
  /** Terraform, when the sandbox had to build it. */
  readonly tools: string;
}

/** The paths of a sandbox; by default that of this checkout. */
export function sandboxPaths(own?: string): SandboxPaths {
  const root = repositoryRoot();
  const folder = own ?? path.join(root, ".sandbox");
  return {
    root,
    folder,
    out: path.join(folder, "cdktf.out"),
    state: path.join(folder, "state"),
    home: path.join(folder, "home"),
    logs: path.join(folder, "logs"),
    pids: path.join(folder, "terraform.pids"),
    lock: path.join(folder, "lock"),
    tools: path.join(root, ".cache", "tools"),
  };
}
