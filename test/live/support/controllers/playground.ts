import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { EmbeddedClusters, type RunningCluster } from "../../../../sandbox/clusters/embedded";
import { PROGRAM_NAMES } from "../../../../sandbox/clusters/embedded/programs";
import { type Controllers, Faults, startControllers, type VaultAccess } from "../../../../sandbox/live/controllers";
import { Servers } from "../../../../sandbox/live/servers";
import { requireTools } from "../../../../sandbox/tools/find";
import { clusterSpec, poolSpec } from "../../cluster-support";
import { Objects } from "./objects";

/** Every program that the tests of the controllers run. */
export const tools = requireTools([...PROGRAM_NAMES, "vault"]);

/** A cluster with controllers, for tests. */
export class Playground {
  readonly folder = mkdtempSync(path.join(tmpdir(), "strata-controllers-"));
  readonly servers = new Servers();
  readonly faults = new Faults();
  /** Everything that the controllers said. */
  readonly said: string[] = [];
  /** The Vault that the controllers are told of. */
  vault: VaultAccess | undefined;
  private started: { running: RunningCluster; controllers: Controllers; objects: Objects } | undefined;
  readonly clusters = new EmbeddedClusters({
    servers: this.servers,
    tools,
    podsAwaitLeave: true,
    folder: path.join(this.folder, "clusters"),
  });

  /** Boots the cluster with two nodes and starts the controllers on it. */
  async start(): Promise<void> {
    const { id } = clusterSpec("playground");
    await this.clusters.create(clusterSpec("playground"));
    await this.clusters.setPool(id, poolSpec("general", 2, { plan: "vc2-4c-8gb" }));
    const [running] = this.clusters.running();
    if (running === undefined) throw new Error("The cluster does not run.");
    const controllers = await this.control(running);
    this.started = { running, controllers, objects: new Objects(running.connection) };
  }

  get cluster(): RunningCluster {
    return this.there.running;
  }

  get objects(): Objects {
    return this.there.objects;
  }

  get failures(): readonly string[] {
    return this.there.controllers.failures();
  }

  /** Ends the controllers and starts others on the same cluster. */
  async startControllersAnew(): Promise<void> {
    await this.there.controllers.stop();
    this.started = { ...this.there, controllers: await this.control(this.cluster) };
  }

  async stop(): Promise<void> {
    await this.started?.controllers.stop();
    await this.clusters.stop();
    await this.servers.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Makes a namespace that enforces Pod Security `restricted`. */
  async namespace(name: string): Promise<void> {
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await this.objects.make("/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels },
    });
  }

  private control({ connection, label }: RunningCluster): Promise<Controllers> {
    return startControllers({
      connection,
      clusterName: label,
      vault: () => this.vault,
      faults: this.faults,
      say: (line) => this.said.push(line),
    });
  }

  private get there() {
    if (this.started === undefined) throw new Error("The cluster was not started.");
    return this.started;
  }
}
