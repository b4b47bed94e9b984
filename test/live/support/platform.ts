import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Faults } from "../../../sandbox/live/controllers";
import { type LiveEngine, liveEngine, liveTools } from "../../../sandbox/live/engine";
import { Servers } from "../../../sandbox/live/servers";
import { type SandboxPaths, sandboxPaths } from "../../../sandbox/run/paths";
import { Processes } from "../../../sandbox/run/processes";
import type { Report } from "../../../sandbox/run/report";
import { deploy, destroy } from "../../../sandbox/run/sandbox";
import type { SandboxOptions } from "../../../sandbox/run/session";
import { synthesize } from "../../../sandbox/run/synth";
import { openTerminal } from "../../../sandbox/run/terminal";
import { findTerraform } from "../../../sandbox/run/terraform-binary";

/** What a platform of a test is made of. */
export interface PlatformOptions {
  /** A folder of the test's own. */
  readonly folder: string;
  /** @default "examples/acme" */
  readonly config?: string;
  /** Stacks to build, as STRATA_ONLY takes them. @default - all */
  readonly only?: string;
  /** Keep the simulated clouds' objects whatever becomes of the states. @default false */
  readonly strict?: boolean;
}

/**
 * A live sandbox whose servers stay up from one deployment to the next, as a cloud does: each deployment synthesizes the
 * configuration as it is then and runs the real cdktf and Terraform.
 */
export class LivePlatform {
  readonly faults = new Faults();
  readonly paths: SandboxPaths;
  /** The configuration: a copy that the test may change. */
  readonly config: string;
  /** What the sandbox said. */
  readonly said: string[] = [];
  processes: Processes;
  private servers = new Servers();
  private started: LiveEngine | undefined;

  constructor(private readonly options: PlatformOptions) {
    this.paths = sandboxPaths(path.join(options.folder, "sandbox"));
    this.config = path.join(options.folder, "config");
    mkdirSync(options.folder, { recursive: true });
    cpSync(path.resolve(this.paths.root, options.config ?? "examples/acme"), this.config, { recursive: true });
    this.processes = new Processes(this.paths.pids);
  }

  /** The servers; there from the first deployment on. */
  get engine(): LiveEngine {
    if (this.started === undefined) throw new Error("Nothing is deployed yet.");
    return this.started;
  }

  /** Whether the servers were started. */
  get isUp(): boolean {
    return this.started !== undefined;
  }

  /** Changes a file of the configuration; fails when there is nothing to change. */
  change(file: string, from: string | RegExp, to: string): void {
    const name = path.join(this.config, file);
    const text = readFileSync(name, "utf8");
    const changed = text.replace(from, () => to);
    if (changed === text) throw new Error(`${file} has no ${from}.`);
    writeFileSync(name, changed);
  }

  /** Deploys what the configuration says now, and plans again. */
  async deploy(): Promise<Report> {
    return (await deploy(this.sandbox())).report;
  }

  /** Stacks that a deployment changed anything in. */
  static changed({ stacks }: Report): string[] {
    return stacks.filter((each) => each.created + each.changed + each.destroyed > 0).map(({ id }) => id);
  }

  async destroy(): Promise<Report> {
    return (await destroy(this.sandbox())).report;
  }

  /** Stops all servers and keeps their data: the next deployment starts them again. */
  async stop(): Promise<void> {
    await this.processes.sweep();
    await this.started?.stop();
    await this.servers.stop();
    this.started = undefined;
    this.servers = new Servers();
    this.processes = new Processes(this.paths.pids);
  }

  /** Ends Terraform, cdktf and the providers at once, in the middle of whatever they do. */
  async killDeployment(): Promise<void> {
    this.processes.kill();
    await this.started?.killProviders();
  }

  private sandbox(): SandboxOptions {
    const { paths, config, said } = this;
    const terraform = findTerraform(paths.tools);
    if (typeof terraform === "string") throw new Error(terraform);
    const { processes } = this;
    return {
      mode: "live",
      paths,
      processes,
      terraform,
      terminal: { ...openTerminal(), live: false, line: (text = "") => void said.push(text), write: () => undefined },
      synthesize: (allowDestroy) => synthesize({ paths, processes, config, allowDestroy, only: this.options.only }),
      startEngine: async (program) => {
        this.started ??= await liveEngine({
          paths,
          processes,
          servers: this.servers,
          tools: liveTools(),
          terraform: terraform.file,
          terminal: {
            ...openTerminal(),
            live: false,
            line: (text = "") => void said.push(text),
            write: () => undefined,
          },
          program,
          journal: this.options.strict ? path.join(paths.folder, "world.jsonl") : undefined,
          faults: this.faults,
        });
        // It outlives the deployment.
        return { ...this.started, stop: async () => undefined };
      },
    };
  }
}
