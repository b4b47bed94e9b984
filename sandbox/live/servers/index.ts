import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure, Interrupted } from "../../run/failure";
import { WATCHED } from "./watched";

/** A program that serves until it is stopped. */
export interface ServerOptions {
  /** What messages and the log file call it, such as `kube-apiserver of platform`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of its environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** File that takes what it prints. */
  readonly log: string;
  /** Asked again and again until it answers true. */
  readonly ready: () => boolean | Promise<boolean>;
  /** @default 30000 */
  readonly readyWithinMs?: number;
  /** How long it may take to end in order. @default 5000 */
  readonly graceMs?: number;
}

/** A server that runs. */
export interface RunningServer {
  readonly name: string;
  /** Process id of the server itself, not of what watches it. */
  readonly pid: number;
  /** Whether it still runs. */
  readonly running: boolean;
  /** Resolves when it ended, whyever. */
  readonly ended: Promise<void>;
  /** Ends it in order, by force when it takes too long. */
  stop(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

/** The servers of one sandbox: they never outlive it, even when it is killed. */
export class Servers {
  private readonly running: RunningServer[] = [];
  private stopped = false;

  /** Starts a server and waits until it is ready; nothing of it is left when it does not get there. */
  async start(options: ServerOptions): Promise<RunningServer> {
    if (this.stopped) throw new Interrupted();
    const server = new ServerProcess(options);
    this.running.push(server);
    try {
      await server.becomeReady();
    } catch (error) {
      await server.kill();
      throw this.stopped ? new Interrupted() : error;
    }
    return server;
  }

  /** Stops all, the last started first; none can be started any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const server of this.running.splice(0).reverse()) await server.stop();
  }
}

const POLL_MS = 50;
const LAST_LINES = 8;
const FORCE_MS = 2000;

class ServerProcess implements RunningServer {
  readonly name: string;
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private open = true;
  private noted: number | undefined;

  constructor(private readonly options: ServerOptions) {
    this.name = options.name;
    mkdirSync(path.dirname(options.log), { recursive: true });
    const log = openSync(options.log, "w", 0o600);
    // Its standard input is a pipe that only this process holds: when this process dies, however, the pipe closes, and
    // what watches the server ends it. The third pipe tells the server's own process id.
    this.child = spawn("/bin/sh", ["-c", WATCHED, "watched", options.command, ...options.args], {
      cwd: options.cwd,
      env: { ...options.env },
      detached: true,
      stdio: ["pipe", log, log, "pipe"],
    });
    closeSync(log);
    this.child.stdin?.on("error", () => undefined);
    const pids = this.child.stdio[3];
    pids?.on("data", (bytes: Buffer) => {
      this.noted = Number(bytes.toString()) || this.noted;
    });
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.open = false;
        resolve();
      };
      this.child.on("error", end);
      this.child.on("exit", end);
    });
  }

  get pid(): number {
    return this.noted ?? this.child.pid ?? 0;
  }

  get running(): boolean {
    return this.open;
  }

  async becomeReady(): Promise<void> {
    const { ready, readyWithinMs = 30_000 } = this.options;
    const deadline = Date.now() + readyWithinMs;
    while (this.open) {
      if (await ready()) return;
      if (Date.now() > deadline) throw this.failure(`was not ready after ${readyWithinMs / 1000} s`);
      await Promise.race([sleep(POLL_MS), this.ended]);
    }
    throw this.failure("ended as soon as it was started");
  }

  async stop(): Promise<void> {
    if (!this.open) return;
    send(this.pid, "SIGTERM");
    const late = await Promise.race([
      this.ended.then(() => false),
      sleep(this.options.graceMs ?? 5000, true, { ref: false }),
    ]);
    if (late) await this.kill();
  }

  async kill(): Promise<void> {
    // The server alone first: what watches it then collects it and ends by itself.
    if (this.open && this.noted !== undefined) send(this.noted, "SIGKILL");
    await Promise.race([this.ended, sleep(this.noted === undefined ? 0 : FORCE_MS, undefined, { ref: false })]);
    if (this.open) send(-(this.child.pid ?? 0), "SIGKILL");
    await this.ended;
  }

  private failure(what: string): Failure {
    const lines = readFileSync(this.options.log, "utf8").trim().split("\n").slice(-LAST_LINES);
    const shown = lines.map((line) => `  ${line.slice(0, 400)}`).join("\n");
    return new Failure(`${this.name} ${what}. The end of its log ${this.options.log}:\n${shown}`);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  // 0 would be this process's own group.
  if (pid === 0) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}
