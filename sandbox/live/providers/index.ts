import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import type { RunningServer, Servers } from "../servers";

/** A real provider that Terraform can be attached to. */
export type RealProviderName = "helm" | "kubernetes" | "vault";

interface RunningProvider {
  readonly server: RunningServer;
  /** Of TF_REATTACH_PROVIDERS. */
  readonly entry: unknown;
  readonly env: Readonly<Record<string, string>>;
}

/** What the real providers need. */
export interface RealProvidersOptions {
  readonly servers: Servers;
  /** Program of each tool, by name. */
  readonly tools: ReadonlyMap<string, string>;
  /** Folder of their logs. */
  readonly logs: string;
  /** Where they work: paths in a configuration, as those of local charts, begin here and not in the stack's folder. */
  readonly cwd: string;
}

/** The entry of one provider in TF_REATTACH_PROVIDERS. */
const reattachment = z.record(z.string(), z.looseObject({ Addr: z.looseObject({ String: z.string() }) }));

/**
 * Real provider programs in the mode that lets Terraform attach to them. Each serves one configuration at a time, so
 * stacks that act on different clusters must be worked on one after the other.
 */
export class RealProviders {
  private readonly running = new Map<RealProviderName, RunningProvider>();
  /** They listen on sockets, whose paths must be short. */
  private readonly sockets = mkdtempSync(path.join(tmpdir(), "strata-"));

  constructor(private readonly options: RealProvidersOptions) {}

  /** Starts a provider with an environment of its own; one that runs already is started anew. */
  async start(name: RealProviderName, env: Readonly<Record<string, string>>): Promise<void> {
    await this.running.get(name)?.server.stop();
    const { servers, tools, logs, cwd } = this.options;
    const command = tools.get(`terraform-provider-${name}`);
    if (command === undefined) throw new Error(`The provider ${name} was not asked for.`);
    const log = path.join(logs, `provider-${name}.log`);
    let entry: unknown;
    const server = await servers.start({
      name: `provider ${name}`,
      command,
      args: ["-debug"],
      cwd,
      env: { ...env, ...quiet(name), TMPDIR: this.sockets },
      log,
      ready: () => {
        entry = entryIn(readFileSync(log, "utf8"));
        return entry !== undefined;
      },
    });
    this.running.set(name, { server, entry, env });
  }

  /** Ends all as a crash does and starts them anew. */
  async restart(): Promise<void> {
    for (const [name, { server, env }] of [...this.running]) {
      await server.kill();
      await this.start(name, env);
    }
  }

  /** What TF_REATTACH_PROVIDERS says of the providers that run, by full address. */
  reattach(): Record<string, unknown> {
    return Object.fromEntries(
      [...this.running].map(([name, { entry }]) => [`registry.terraform.io/hashicorp/${name}`, entry]),
    );
  }

  async stop(): Promise<void> {
    for (const { server } of this.running.values()) await server.stop();
    this.running.clear();
    rmSync(this.sockets, { recursive: true, force: true });
  }
}

/** Started like this they write a line for every step of every call, hundreds of megabytes, unless told otherwise. */
function quiet(name: RealProviderName): Record<string, string> {
  const sdk = ["", "_FRAMEWORK", "_PROTO", "_HELPER_SCHEMA", "_HELPER_RESOURCE", "_MUX"].map(
    (part) => `TF_LOG_SDK${part}`,
  );
  const own = ["", `_${name.toUpperCase()}`].map((part) => `TF_LOG_PROVIDER${part}`);
  return Object.fromEntries([...sdk, ...own].map((variable) => [variable, "ERROR"]));
}

/** The programs print the whole variable; the address before the entry is short in some and full in others. */
function entryIn(log: string): unknown {
  const text = /TF_REATTACH_PROVIDERS='([^']+)'/.exec(log)?.[1];
  if (text === undefined) return undefined;
  return Object.values(reattachment.parse(JSON.parse(text)))[0];
}
