import { cpSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ServedClusters } from "../clusters/served";
import { type RunningProviders, startProviders } from "../providers";
import { type RunningFaces, serveFaces } from "../providers/http";
import type { CallListener, ProviderCall } from "../providers/observer";
import { copy } from "../providers/wire/values";
import type { WorldObject } from "../providers/world/world";
import { type SandboxPaths, sandboxPaths } from "../run/paths";
import { Processes } from "../run/processes";
import { openTerraform, type SandboxTerraform } from "../run/terraform";
import { FolderCopy } from "./folder-copy";
import type { BenchProgram } from "./program";

/** Everything that a case may change: what exists, the states, the stacks as synthesized, and the configuration. */
export interface Snapshot {
  readonly objects: readonly WorldObject[];
  readonly states: FolderCopy;
  readonly others: readonly FolderCopy[];
}

/**
 * A program with a simulated world of its own, for one worker. The providers live in this process: a Terraform that is
 * killed leaves them as it would leave the real APIs.
 */
export class Bench {
  private listener: CallListener | undefined;

  private constructor(
    readonly paths: SandboxPaths,
    readonly providers: RunningProviders,
    readonly faces: RunningFaces,
    private readonly clusters: ServedClusters,
    readonly processes: Processes,
    readonly terraform: SandboxTerraform,
    private loaded: BenchProgram,
  ) {}

  /** Opens a bench in a folder of its own, with copies of the program and its configuration. */
  static async open(folder: string, program: BenchProgram, binary: string): Promise<Bench> {
    const paths = sandboxPaths(folder);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(paths.state, { recursive: true });
    mkdirSync(paths.logs, { recursive: true });
    const clusters = new ServedClusters();
    let bench: Bench | undefined;
    const providers = await startProviders({
      journal: journalOf(paths),
      strict: true,
      clusters,
      onCall: (call) => bench?.listener?.(call),
    });
    clusters.show(providers.world);
    const processes = new Processes(paths.pids);
    const terraform = openTerraform({ providers, folder, binary, processes });
    const faces = await serveFaces(providers.world);
    writeFileSync(authorityOf(paths), faces.vault.ca);
    bench = new Bench(paths, providers, faces, clusters, processes, terraform, program);
    bench.load(program);
    return bench;
  }

  /** Takes another program; what exists and the states stay. */
  load(program: BenchProgram): void {
    this.loaded = program;
    cpSync(program.out, this.paths.out, { recursive: true });
    cpSync(program.config, this.config, { recursive: true });
  }

  /** What is applied; where it was synthesized stays as it is. */
  get program(): BenchProgram {
    return this.loaded;
  }

  /** The bench's own copy of the configuration. */
  get config(): string {
    return configOf(this.paths);
  }

  /** File of the certificate that signed that of the served Vault. */
  get vaultAuthority(): string {
    return authorityOf(this.paths);
  }

  get world() {
    return this.providers.world;
  }

  /**
   * Does something that starts Terraform and kills all of it, as a machine that goes down, at the first call that meets
   * a condition. Nothing that was asked is answered from then on. Answers the call; none if it never came.
   */
  async killAt(
    meets: (call: ProviderCall) => boolean,
    work: () => Promise<unknown>,
  ): Promise<ProviderCall | undefined> {
    let killed: ProviderCall | undefined;
    const listener: CallListener = (call) => {
      if (killed === undefined && !meets(call)) return undefined;
      if (killed === undefined) this.processes.kill();
      killed ??= call;
      return new Promise(() => undefined);
    };
    await this.listen(listener, async () => {
      await work();
      // One that was just starting, and that nobody knew of yet.
      if (killed !== undefined) this.processes.kill();
    });
    return killed;
  }

  snapshot(): Snapshot {
    const objects = this.world.find(undefined).map((object) => ({ ...object, values: copy(object.values) }));
    const others = [this.paths.out, this.config].map((folder) => FolderCopy.of(folder));
    return { objects, states: FolderCopy.of(this.paths.state), others };
  }

  restore({ objects, states, others }: Snapshot): void {
    this.world.removeWhere(() => true);
    truncateSync(journalOf(this.paths));
    for (const object of objects) this.world.put({ ...object, values: copy(object.values) });
    for (const folder of [states, ...others]) folder.restore();
    // Process ids come again: an old one must not stand for somebody else's Terraform.
    rmSync(this.paths.pids, { force: true });
  }

  async stop(): Promise<void> {
    await this.processes.stop();
    this.providers.stop();
    await this.faces.stop();
    await this.clusters.stop();
  }

  /** Does something that starts Terraform while a listener is told of its calls. */
  async listen<T>(listener: CallListener, work: () => Promise<T>): Promise<T> {
    this.listener = listener;
    try {
      return await work();
    } finally {
      // What a Terraform that is gone has sent before it went must not be taken for a call of the next one.
      await drained();
      this.listener = undefined;
    }
  }
}

function configOf({ folder }: SandboxPaths): string {
  return path.join(folder, "config");
}

function authorityOf({ folder }: SandboxPaths): string {
  return path.join(folder, "vault-ca.pem");
}

/** The file that keeps the world whatever becomes of the states. */
function journalOf({ folder }: SandboxPaths): string {
  return path.join(folder, "world.jsonl");
}

/** Waits until everything that had arrived on any connection was worked on. */
async function drained(): Promise<void> {
  for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve));
}
