import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Interrupted } from "./failure";

/** How long Terraform gets to write its state after Ctrl-C. */
const GRACE_MS = 8000;

/** The outcome of a child process, with all that it printed. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Options of one child process. */
export interface RunOptions {
  readonly cwd: string;
  readonly env: Record<string, string>;
  /** Called with every piece of output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/**
 * The child processes of one sandbox. Each is the head of a process group of its own: a Ctrl-C of the terminal reaches
 * only the sandbox, which then ends them in order.
 */
export class Processes {
  private readonly children = new Set<ChildProcess>();
  private stopping: Promise<void> | undefined;

  /** @param pidFile where the Terraform wrapper notes the processes that leave their group */
  constructor(private readonly pidFile: string) {}

  /** Runs a command to its end; fails as interrupted when the sandbox was stopped meanwhile. */
  async run(command: string, args: readonly string[], { cwd, env, onOutput }: RunOptions): Promise<Outcome> {
    this.check();
    const options: SpawnOptions = { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] };
    const child = spawn(command, args, options);
    this.children.add(child);
    const pieces: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        pieces.push(text);
        onOutput?.(text);
      });
    }
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exit, signal) => resolve(exit ?? (signal === null ? 1 : 128)));
    });
    this.children.delete(child);
    // Whoever waits for this child goes on only when all others have ended too: they still need the providers.
    await this.stopping;
    this.check();
    return { code, output: pieces.join("") };
  }

  /** Whether the sandbox was told to stop. */
  get isStopping(): boolean {
    return this.stopping !== undefined;
  }

  /** Fails when the sandbox was stopped. */
  check(): void {
    if (this.stopping !== undefined) throw new Interrupted();
  }

  /** Ends everything that runs: politely, so that Terraform writes its state, then by force. */
  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  /** Ends everything that runs at once; states may be left as they were. */
  kill(): void {
    for (const { pid } of this.children) if (pid !== undefined) send(-pid, "SIGKILL");
    for (const pid of terraformProcesses(this.pidFile)) send(pid, "SIGKILL");
  }

  /** Ends what outlived its parent: cdktf leaves the siblings of a failed stack behind. */
  async sweep(): Promise<void> {
    await this.end();
  }

  private async end(): Promise<void> {
    // The wrapper starts no Terraform while this file is there: cdktf would go on with the next stack.
    writeFileSync(stopFile(this.pidFile), "");
    await this.endTerraform();
    const groups = [...this.children].map(({ pid }) => pid).filter((pid) => pid !== undefined);
    for (const pid of groups) send(-pid, "SIGTERM");
    await until(() => !groups.some(isAlive), GRACE_MS / 4);
    for (const pid of groups) send(-pid, "SIGKILL");
    for (const pid of terraformProcesses(this.pidFile)) send(pid, "SIGKILL");
    await until(() => !groups.some(isAlive), GRACE_MS / 4);
    rmSync(this.pidFile, { force: true });
    rmSync(stopFile(this.pidFile), { force: true });
  }

  private async endTerraform(): Promise<void> {
    const told = new Set<number>();
    const done = await until(() => {
      const running = terraformProcesses(this.pidFile);
      // Once only: a second signal makes Terraform leave without writing its state.
      for (const pid of running) if (!told.has(pid)) send(pid, "SIGINT");
      for (const pid of running) told.add(pid);
      return running.length === 0;
    }, GRACE_MS);
    if (!done) for (const pid of terraformProcesses(this.pidFile)) send(pid, "SIGKILL");
  }
}

/** While this file is there, no Terraform starts. */
export function stopFile(pidFile: string): string {
  return `${pidFile}.stop`;
}

async function until(condition: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > deadline) return false;
    await sleep(60);
  }
  return true;
}

/** The noted processes that still run and still are Terraform: process ids are used again. */
export function terraformProcesses(pidFile: string): number[] {
  if (!existsSync(pidFile)) return [];
  const noted = [...new Set(readFileSync(pidFile, "utf8").split("\n").filter(Boolean).map(Number))];
  const running = noted.filter(isAlive);
  if (running.length === 0) return [];
  const listed = spawnSync("ps", ["-o", "pid=,stat=,args=", "-p", running.join(",")], { encoding: "utf8" });
  // Without ps the process ids alone have to do.
  if (listed.error) return running;
  return listed.stdout
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null && !match[2]?.startsWith("Z") && /terraform/.test(match[3] ?? ""))
    .map((match) => Number(match?.[1]));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile.
  }
}
