import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inherited } from "../../run/environment";
import { Failure } from "../../run/failure";
import type { Authority } from "../pki";
import type { RunningServer, Servers } from "../servers";
import { ClusterNames, type NameLookup } from "./cluster-names";
import { VaultFront } from "./front";
import { askStatus, type VaultStatus } from "./health";
import { keepPorts, keptPorts, requirePorts, type VaultPorts } from "./ports";
import { type VaultFiles, vaultFiles, writeServerConfig } from "./server-config";

/** What a Vault of the sandbox is made of. */
export interface SandboxVaultOptions {
  /** A folder of its own: data, ports, audit log. A Vault that is opened on it again is the same one. */
  readonly folder: string;
  readonly servers: Servers;
  /** Signs its certificate. */
  readonly authority: Authority;
  /** File of the authority's certificate, for clients. */
  readonly caFile: string;
  /** The program `vault`. */
  readonly program: string;
  /** Folder of its log. */
  readonly logs: string;
  /** What names mean inside the central cluster. @default - it has none, so no service account of it can log in */
  readonly clusterNames?: NameLookup;
}

/** How long it may take to serve once it has its keys. */
const ACTIVE_MS = 20_000;
const POLL_MS = 50;
const LOG = "vault.log";

/**
 * The real Vault of a sandbox, as a server with storage of its own: it has to be opened after every start, as in
 * production, and keeps everything.
 */
export class SandboxVault {
  readonly caFile: string;
  private readonly files: VaultFiles;
  private server: RunningServer | undefined;
  private names: ClusterNames | undefined;
  private ownFront: VaultFront | undefined;

  private constructor(
    private readonly options: SandboxVaultOptions,
    private readonly ports: VaultPorts,
  ) {
    this.caFile = options.caFile;
    this.files = vaultFiles(options.folder);
  }

  /** Makes the folder when it is new; starts nothing. */
  static async open(options: SandboxVaultOptions): Promise<SandboxVault> {
    const folder = path.resolve(options.folder);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new SandboxVault({ ...options, folder }, await keptPorts(vaultFiles(folder).ports));
  }

  /** URL for clients: that of its front. */
  get address(): string {
    return `https://127.0.0.1:${this.ports.front}`;
  }

  /** Where its keys are kept. */
  get keysFile(): string {
    return this.files.keys;
  }

  /** The log of its audit device. */
  get auditFile(): string {
    return path.join(this.files.audit, "audit.log");
  }

  /** Its front while it runs: tests count and disturb requests there. */
  get front(): VaultFront | undefined {
    return this.ownFront;
  }

  /** Process id of the server; undefined when it does not run. */
  get pid(): number | undefined {
    return this.server?.running ? this.server.pid : undefined;
  }

  /** Whether it was ever started: there is data. */
  exists(): boolean {
    return existsSync(this.files.data);
  }

  /**
   * Starts it and waits until it answers; one that runs is left alone. It is sealed then.
   *
   * @throws Failure when a port is taken, or when it does not come up, with the end of its log
   */
  async start(): Promise<void> {
    if (this.server?.running) return;
    const { ports, files, options } = this;
    const behindFront = [ports.server, ports.cluster];
    await requirePorts(this.ownFront === undefined ? [ports.front, ...behindFront] : behindFront, files.ports);
    const tls = await writeServerConfig(files, ports, options.authority);
    keepPorts(files.ports, ports);
    const upstream = { port: ports.server, ca: options.authority.certificate };
    try {
      this.names ??= await ClusterNames.start(options.clusterNames ?? (() => undefined));
      this.ownFront ??= await VaultFront.start({ port: ports.front, tls, upstream, auditFolder: files.audit });
      this.server = await options.servers.start({
        name: "vault",
        command: options.program,
        args: ["server", `-config=${files.config}`],
        cwd: options.folder,
        env: this.environment(this.names.proxy),
        log: path.join(options.logs, LOG),
        ready: async () => (await this.status()) !== undefined,
      });
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** How it is; undefined when it does not answer. */
  status(): Promise<VaultStatus | undefined> {
    return askStatus({ port: this.ports.server, ca: this.options.authority.certificate });
  }

  /** Waits until it serves requests, which takes a moment after it was unsealed. */
  async becomeActive(): Promise<void> {
    const deadline = Date.now() + ACTIVE_MS;
    while (!(await this.status())?.active) {
      if (Date.now() > deadline || !this.server?.running) {
        throw new Failure(
          `Vault has its keys and does not serve. Its log ${path.join(this.options.logs, LOG)} says why.`,
        );
      }
      await sleep(POLL_MS);
    }
  }

  /** Ends it in order; its data stays. */
  async stop(): Promise<void> {
    await this.server?.stop();
    this.server = undefined;
    await this.ownFront?.stop();
    this.ownFront = undefined;
    await this.names?.stop();
    this.names = undefined;
  }

  /** Ends the server as a crash does; its front stays and tells clients that nobody answers. */
  async kill(): Promise<void> {
    await this.server?.kill();
    this.server = undefined;
  }

  /** Ends it and deletes all that it holds, its keys included. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.options.folder, { recursive: true, force: true });
  }

  /** Nothing of the user's settings, and no way out but to the names of its cluster. */
  private environment(proxy: string): Record<string, string> {
    return {
      ...inherited(),
      HOME: this.options.folder,
      HTTPS_PROXY: proxy,
      HTTP_PROXY: proxy,
      NO_PROXY: "127.0.0.1,localhost,::1",
      // For the names of its cluster, whose certificates come from the sandbox's authority.
      SSL_CERT_FILE: path.resolve(this.caFile),
      CHECKPOINT_DISABLE: "1",
    };
  }
}
