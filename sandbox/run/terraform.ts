import path from "node:path";
import type { RunningProviders } from "../providers";
import { sandboxEnvironment } from "./environment";
import { Failure } from "./failure";
import { sandboxPaths } from "./paths";
import { type Outcome, Processes } from "./processes";
import { findTerraform, missingTerraform } from "./terraform-binary";

/** Real Terraform with simulated providers, in any folder with a configuration. */
export interface SandboxTerraform {
  /** The environment it runs in, for other programs that start Terraform. */
  readonly env: Record<string, string>;
  readonly processes: Processes;
  /** Runs any command; the outcome tells how it ended. */
  run(folder: string, ...args: string[]): Promise<Outcome>;
  init(folder: string): Promise<Outcome>;
  validate(folder: string): Promise<Outcome>;
  /** Exit code 0: no changes, 2: changes, 1: error. */
  plan(folder: string, ...args: string[]): Promise<Outcome>;
  apply(folder: string, ...args: string[]): Promise<Outcome>;
  destroy(folder: string, ...args: string[]): Promise<Outcome>;
}

/** What `openTerraform` needs. */
export interface TerraformOptions {
  readonly providers: Pick<RunningProviders, "reattach">;
  /** A folder of its own for HOME and process ids; may be shared by runs that follow each other. */
  readonly folder: string;
  /** The Terraform binary. @default the one that `npm run sandbox` would use */
  readonly binary?: string;
  /** @default a new set of child processes */
  readonly processes?: Processes;
  /** More of its environment, such as the access key of a state backend on this machine. @default - nothing */
  readonly env?: Readonly<Record<string, string>>;
}

/** Whether `npm run sandbox` would find a Terraform that is new enough: tests that need one ask here. */
export function hasTerraform(): boolean {
  return typeof findTerraform(sandboxPaths().tools) !== "string";
}

/** Opens the real Terraform on running simulated providers. */
export function openTerraform({ providers, folder, binary, processes, env: more }: TerraformOptions): SandboxTerraform {
  const paths = sandboxPaths(path.resolve(folder));
  const terraform = binary ?? findOrFail(paths.tools);
  const env = { ...sandboxEnvironment({ paths, terraform, reattach: providers.reattach }), ...more };
  const children = processes ?? new Processes(paths.pids);
  const command = env.TERRAFORM_BINARY_NAME ?? "terraform";
  const run = (cwd: string, ...args: string[]): Promise<Outcome> => children.run(command, args, { cwd, env });
  return {
    env,
    processes: children,
    run,
    init: (cwd) => run(cwd, "init", "-input=false", "-no-color"),
    validate: (cwd) => run(cwd, "validate", "-no-color"),
    plan: (cwd, ...args) => run(cwd, "plan", "-detailed-exitcode", "-input=false", "-no-color", ...args),
    apply: (cwd, ...args) => run(cwd, "apply", "-auto-approve", "-input=false", "-no-color", ...args),
    destroy: (cwd, ...args) => run(cwd, "destroy", "-auto-approve", "-input=false", "-no-color", ...args),
  };
}

function findOrFail(tools: string): string {
  const found = findTerraform(tools);
  if (typeof found === "string") throw new Failure(missingTerraform(found, false));
  return found.file;
}
