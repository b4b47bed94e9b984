import { rmSync } from "node:fs";
import { get } from "node:https";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { RunningServer, Servers } from "../../live/servers";
import { Failure, Interrupted } from "../../run/failure";
import type { ClusterConnection } from "../driver";
import { asFailure } from "./api";
import { certificatePath, ensureCredentials, kubeconfigPath } from "./credentials";
import type { ClusterFiles } from "./files";
import { awaitPort } from "./ports";
import { PROGRAM_NAMES, type ProgramName, programs } from "./programs";
import { authentication, POD_SUBNET, SERVICE_SUBNET } from "./programs/api-server";
import { ETCD_SOCKET } from "./programs/etcd";
import { STAGES_FILE } from "./programs/kwok";
import type { ClusterRecord } from "./record";
import { forgetLeases, hasServiceAccount, seed } from "./seed";
import { stagesText } from "./stages";

/** What the servers of clusters are started with. */
export interface Machinery {
  readonly servers: Servers;
  /** Program of each tool, by name. */
  readonly tools: ReadonlyMap<string, string>;
  /** Pods become ready only once controllers of the live sandbox have looked at them. @default false */
  readonly podsAwaitLeave?: boolean;
}

const READY_WITHIN_MS = 60_000;

/** The servers of one cluster, all in its folder. */
export class Cluster {
  private readonly processes = new Map<ProgramName, RunningServer>();
  private readonly config = new KubeConfig();
  private stopped = false;

  constructor(
    readonly record: ClusterRecord,
    readonly files: ClusterFiles,
    private readonly machinery: Machinery,
  ) {}

  get serverUrl(): string {
    return `https://127.0.0.1:${this.record.port}`;
  }

  /** Process ids of the servers that run. */
  get pids(): number[] {
    return [...this.processes.values()].filter(({ running }) => running).map(({ pid }) => pid);
  }

  /** Starts what does not run and answers when pods can be made; nothing runs when it does not get there. */
  async boot(): Promise<ClusterConnection> {
    const { label, port } = this.record;
    if (!this.isRunning("kube-apiserver")) await awaitPort(port, `API server of cluster ${label}`);
    const { certificateAuthority, admin } = await ensureCredentials(this.files, this.serverUrl);
    const { name, text } = authentication();
    this.files.write(name, text);
    this.files.write(STAGES_FILE, stagesText(this.machinery.podsAwaitLeave ?? false));
    this.config.loadFromFile(this.files.at(kubeconfigPath("admin")));
    try {
      await this.startAll();
      await seed(this.config);
    } catch (error) {
      await this.endAll();
      if (this.stopped) throw new Interrupted();
      throw this.failure(asFailure(error, label));
    }
    return {
      server: this.serverUrl,
      certificateAuthority,
      clientCertificate: admin.certificate,
      clientKey: admin.key,
      podSubnet: POD_SUBNET,
      serviceSubnet: SERVICE_SUBNET,
    };
  }

  /** The API of the cluster, as its admin. */
  api(): CoreV1Api {
    return this.config.makeApiClient(CoreV1Api);
  }

  /** Ends all servers and keeps the data. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.endAll();
  }

  private async endAll(): Promise<void> {
    for (const name of [...PROGRAM_NAMES].reverse()) {
      // Only etcd keeps anything; the others would take their time to say goodbye to each other.
      if (name === "etcd") await this.processes.get(name)?.stop();
      else await this.kill(name);
    }
  }

  /** Ends one server as a crash does. */
  async kill(name: ProgramName): Promise<void> {
    await this.processes.get(name)?.kill();
  }

  private async startAll(): Promise<void> {
    if (!this.isRunning("etcd")) rmSync(this.files.at(ETCD_SOCKET), { force: true });
    await this.start("etcd", () => this.files.has(ETCD_SOCKET));
    await this.start("kube-apiserver", () => this.serves());
    if (!this.isRunning("kwok")) await forgetLeases(this.config);
    let broken = false;
    const others: readonly ProgramName[] = ["kube-controller-manager", "kube-scheduler", "kwok"];
    const started = await Promise.allSettled(
      others.map(async (name) => {
        try {
          await this.start(name, () => {
            // One that does not come up is enough; waiting for the others would only hide it.
            if (broken) throw new Error(`${name} was not waited for.`);
            return hasServiceAccount(this.config);
          });
        } catch (error) {
          const first = !broken;
          broken = true;
          if (first) throw error;
        }
      }),
    );
    for (const outcome of started) if (outcome.status === "rejected") throw outcome.reason;
  }

  private failure(cause: unknown): unknown {
    if (!(cause instanceof Failure) || cause instanceof Interrupted) return cause;
    return new Failure(`Cluster ${this.record.label} did not come up: ${cause.message}
Run again. If it ends the same way, delete the folder of the sandbox and begin anew.`);
  }

  private isRunning(name: ProgramName): boolean {
    return this.processes.get(name)?.running ?? false;
  }

  private async start(name: ProgramName, ready: () => boolean | Promise<boolean>): Promise<void> {
    if (this.isRunning(name)) return;
    if (this.stopped) throw new Interrupted();
    const { servers, tools } = this.machinery;
    const command = tools.get(name);
    if (command === undefined) throw new Error(`The tool ${name} was not asked for.`);
    const { args, env } = programs({ port: this.record.port, at: (file) => this.files.at(file) })[name];
    const server = await servers.start({
      name: `${name} of cluster ${this.record.label}`,
      command,
      args,
      cwd: this.files.folder,
      env: { ...env, HOME: this.files.folder },
      log: this.files.at("logs", `${name}.log`),
      ready: () => {
        if (this.stopped) throw new Interrupted();
        return ready();
      },
      readyWithinMs: READY_WITHIN_MS,
    });
    this.processes.set(name, server);
    if (this.stopped) {
      await server.kill();
      throw new Interrupted();
    }
  }

  /** Whether the API server says that it is ready. */
  private serves(): Promise<boolean> {
    return new Promise((resolve) => {
      const ca = this.files.read(certificatePath("ca"));
      const request = get(`${this.serverUrl}/readyz`, { ca, agent: false, timeout: 2000 }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      request.on("timeout", () => request.destroy());
      request.on("error", () => resolve(false));
    });
  }
}
