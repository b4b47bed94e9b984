import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readDeclarations } from "../../cli/secrets/declarations";
import { startProviders } from "../../sandbox/providers";
import { sandboxPaths } from "../../sandbox/run/paths";
import { Processes } from "../../sandbox/run/processes";
import { readProgram } from "../../sandbox/run/program";
import { deploy } from "../../sandbox/run/sandbox";
import { simulatedEngine } from "../../sandbox/run/simulated-engine";
import { openTerminal } from "../../sandbox/run/terminal";
import { openTerraform } from "../../sandbox/run/terraform";
import { findTerraform } from "../../sandbox/run/terraform-binary";
import { planEverything } from "./plan-files";
import { ProcessWatch, recordedBy, terraformRecorder } from "./process-watch";
import type { Finding, Scanner } from "./scan";

/** A command that ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

type Environment = Readonly<Record<string, string>>;

/**
 * A platform of the simulated sandbox of which everything is kept that is written anywhere: files, what commands print,
 * what processes are started with.
 */
export class SimulatedPlatform {
  readonly paths;
  private readonly recorder: string;
  private readonly watch: ProcessWatch;
  /** What was printed, by what printed it. */
  private readonly printed: { readonly name: string; readonly text: string }[] = [];
  /** Where the user of the commands has his home and his temporary files. */
  private readonly user: Environment;

  /** @param folder a folder of the test's own */
  constructor(private readonly folder: string) {
    const own = path.join(folder, "platform");
    this.paths = sandboxPaths(path.join(own, "sandbox"));
    for (const name of ["tmp", "home", "plans"]) mkdirSync(path.join(own, name), { recursive: true });
    const terraform = findTerraform(this.paths.tools);
    if (typeof terraform === "string") throw new Error(terraform);
    this.recorder = terraformRecorder(path.join(folder, "record"), terraform.file);
    this.watch = new ProcessWatch(own);
    this.user = {
      PATH: process.env.PATH ?? "",
      HOME: path.join(own, "home"),
      TMPDIR: this.temporary,
      NO_COLOR: "1",
      TERRAFORM_BINARY_NAME: this.recorder,
    };
  }

  /** Temporary files of everything that runs. */
  get temporary(): string {
    return path.join(this.folder, "platform", "tmp");
  }

  /** `npm run sandbox`; fails when it fails. */
  async sandbox(env: Environment, ...args: readonly string[]): Promise<void> {
    const report = path.join(this.folder, "platform", `report-${this.printed.length}.json`);
    const flags = ["--folder", this.paths.folder, "--json", report, ...args];
    const { code, output } = await this.run("sandbox/bin.mjs", flags, env);
    if (code !== 0) throw new Error(output);
  }

  /** The command of the checkout as a process of its own. */
  strata(env: Environment, ...args: readonly string[]): Promise<Ended> {
    return this.run("cli/bin.mjs", args, env);
  }

  /** What the program declares. */
  declarations() {
    return readDeclarations(this.paths.out);
  }

  /** Plans every stack into a file and shows each plan as JSON, as a pull request does. */
  async plan(): Promise<void> {
    const providers = await startProviders({ stateDir: this.paths.state });
    const processes = new Processes(this.paths.pids);
    try {
      const { stacks } = readProgram(this.paths.out);
      await planEverything({
        terraform: openTerraform({ providers, folder: this.paths.folder, binary: this.recorder, processes }),
        out: this.paths.out,
        ids: stacks.map(({ id }) => id),
        to: path.join(this.folder, "platform", "plans"),
        said: (id, text) => this.keep(`output of terraform for ${id}`, text),
      });
    } finally {
      await processes.sweep();
      providers.stop();
    }
  }

  /** Plan files are deleted after use. */
  deletePlans(): void {
    rmSync(path.join(this.folder, "platform", "plans"), { recursive: true });
    mkdirSync(path.join(this.folder, "platform", "plans"));
  }

  /** Deploys L1 and the base stacks with changed constructs: `leaking-program.mjs` says what is changed. */
  async deployLeaks(env: Environment): Promise<void> {
    const { paths } = this;
    const processes = new Processes(paths.pids);
    const bundle = path.join(paths.root, ".cache", "canary", String(process.pid));
    const name = "output of the leaking deployment";
    const deployed = deploy({
      paths,
      processes,
      terraform: { file: this.recorder, version: "" },
      terminal: { ...openTerminal(), live: false, line: (text = "") => this.keep(name, text), write: () => undefined },
      startEngine: () => simulatedEngine({ stateDir: paths.state }),
      synthesize: async () => {
        const { code, output } = await this.run("test/canary/leaking-program.mjs", [bundle], {
          ...env,
          CDKTF_OUTDIR: paths.out,
          STRATA_CONFIG: path.join(paths.root, "examples", "acme"),
          STRATA_BACKEND: "local",
          STRATA_ONLY: "l1-edge-*,l1-network-*,l1-cluster-*,l2-base-*",
        });
        if (code !== 0) throw new Error(output);
      },
    });
    await deployed.finally(() => rmSync(bundle, { recursive: true, force: true }));
  }

  /** Keeps what something printed. */
  keep(name: string, text: string): void {
    this.printed.push({ name, text });
  }

  /** Looks everywhere. */
  scan(scanner: Scanner): readonly Finding[] {
    const processes = [...this.watch.records(), ...recordedBy(path.dirname(this.recorder))];
    const own = path.join(this.folder, "platform");
    return [
      ...scanner.folder(own).map((finding) => ({ ...finding, place: finding.place.replace(/^sandbox\//, "") })),
      ...this.printed.flatMap(({ name, text }) => scanner.stream(name, text)),
      ...processes.flatMap(({ name, content }) => scanner.stream(name, content)),
    ];
  }

  /** Where the private key of each cluster stands, by the cluster's name: base64, as Vultr writes it. */
  clusterKeys(): ReadonlyMap<string, string> {
    const { clusters } = readProgram(this.paths.out);
    return new Map(
      clusters.map(({ name }) => {
        const file = path.join(this.paths.state, `l1-cluster-${name}.tfstate`);
        const { outputs } = JSON.parse(readFileSync(file, "utf8"));
        return [name, Buffer.from(String(outputs.client_key.value), "base64").toString("utf8")];
      }),
    );
  }

  /** A file that holds a value, for commands that take values from files. It stands outside of what is scanned. */
  valueFile(name: string, value: string): string {
    const file = path.join(this.folder, `${name}.value`);
    writeFileSync(file, value, { mode: 0o600 });
    return file;
  }

  stop(): void {
    this.watch.stop();
  }

  private run(program: string, args: readonly string[], env: Environment): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [path.join(this.paths.root, program), ...args], {
        cwd: this.paths.root,
        env: { ...this.user, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const pieces: string[] = [];
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => void pieces.push(text));
      }
      child.on("error", reject);
      child.on("close", (code) => {
        const output = pieces.join("");
        this.keep(`output of ${[program, ...args.slice(0, 3)].join(" ")}`, output);
        resolve({ code, output });
      });
    });
  }
}
