import { Interrupted } from "../../run/failure";
import { Cluster } from "./cluster";
import { kubeconfigPath } from "./credentials";
import type { ClusterFiles } from "./files";
import type { EmbeddedOptions, RunningCluster } from "./options";
import { awaitAbandoned } from "./processes";
import { type ClusterRecord, writeRecord } from "./record";

/** One cluster from the moment it is asked for until it ends; asked for again meanwhile, it is the same one. */
export class ClusterLife {
  readonly started: Promise<RunningCluster>;
  /** Set while it serves. */
  running: RunningCluster | undefined;
  private cluster: Cluster | undefined;
  private ended = false;

  /**
   * @param recordOf what it is made from; asked when nothing of an earlier run works in its folder any more
   */
  constructor(
    private readonly options: EmbeddedOptions,
    private readonly files: ClusterFiles,
    recordOf: () => ClusterRecord | Promise<ClusterRecord>,
  ) {
    this.started = this.bringUp(recordOf);
  }

  /** The servers, once it serves. */
  async servers(): Promise<Cluster> {
    await this.started;
    if (this.cluster === undefined) throw new Interrupted();
    return this.cluster;
  }

  /** Process ids of its servers. */
  get pids(): readonly number[] {
    return this.cluster?.pids ?? [];
  }

  /** Ends all servers and keeps the data. */
  async end(): Promise<void> {
    this.ended = true;
    const { running } = this;
    this.running = undefined;
    if (running !== undefined) await this.options.onStopping?.(running.id);
    await this.cluster?.stop();
    await this.started.catch(() => undefined);
  }

  private async bringUp(recordOf: () => ClusterRecord | Promise<ClusterRecord>): Promise<RunningCluster> {
    const began = performance.now();
    await awaitAbandoned(this.files.folder);
    const record = await recordOf();
    this.checkWanted();
    this.cluster = new Cluster(record, this.files, this.options);
    const connection = await this.cluster.boot();
    const bootSeconds = Math.round((performance.now() - began) / 100) / 10;
    const kubeconfig = this.files.at(kubeconfigPath("admin"));
    const running = { id: record.id, label: record.label, connection, kubeconfig, bootSeconds };
    try {
      await this.options.onRunning?.(running);
      this.checkWanted();
    } catch (error) {
      await this.cluster.stop();
      throw error;
    }
    writeRecord(this.files, record, record.port, true);
    this.running = running;
    return running;
  }

  private checkWanted(): void {
    if (this.ended) throw new Interrupted();
  }
}
