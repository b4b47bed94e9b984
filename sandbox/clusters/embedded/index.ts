import { mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { CoreV1Api } from "@kubernetes/client-node";
import { Refusal } from "../../providers/hooks/types";
import type { ClusterConnection, ClusterDriver, ClusterSpec, PoolSpec } from "../driver";
import { asFailure } from "./api";
import { ClusterFiles } from "./files";
import { ClusterLife } from "./life";
import { applyPool, removePoolNodes } from "./nodes/pools";
import type { EmbeddedOptions, RunningCluster } from "./options";
import { isFree, Ports } from "./ports";
import { awaitAbandoned, residentMb } from "./processes";
import type { ProgramName } from "./programs";
import { ETCD_DATA } from "./programs/etcd";
import { type ClusterRecord, isWhole, readRecord, writeRecord } from "./record";

export type { EmbeddedOptions, RunningCluster } from "./options";
export type { ProgramName } from "./programs";

/** Clusters with a real API server, controllers and a scheduler of their own. Nothing runs in their pods. */
export class EmbeddedClusters implements ClusterDriver {
  readonly name = "embedded";
  private readonly lives = new Map<string, ClusterLife>();
  private readonly ports = new Ports();

  constructor(private readonly options: EmbeddedOptions) {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    for (const id of this.folders()) {
      const record = readRecord(this.files(id));
      if (record !== undefined) this.ports.keep(record.port);
    }
  }

  async create(spec: ClusterSpec): Promise<ClusterConnection> {
    const life = this.lives.get(spec.id) ?? this.begin(spec.id, () => this.recordOf(spec));
    return (await life.started).connection;
  }

  async setPool(clusterId: string, pool: PoolSpec): Promise<void> {
    const life = this.lives.get(clusterId);
    if (life === undefined) {
      throw new Refusal(
        `error creating node pool: {"error":"Invalid resource ID","status":404}`,
        `The cluster ${clusterId} of the pool ${pool.label} does not run in this sandbox.`,
      );
    }
    await ask(life, (api) => applyPool(api, pool, this.options.plans));
  }

  async removePool(clusterId: string, poolId: string): Promise<void> {
    const life = this.lives.get(clusterId);
    if (life !== undefined) await ask(life, (api) => removePoolNodes(api, poolId));
  }

  async delete(clusterId: string): Promise<void> {
    await this.end(clusterId);
    await this.remove(clusterId);
  }

  /**
   * Brings back the clusters of an earlier run with all that they hold, at the same addresses; forgets all others.
   *
   * @returns the ids of which there is nothing to bring back: those clusters do not exist any more
   * @throws Failure when one does not come up; none runs then
   */
  async resume(ids: readonly string[]): Promise<readonly string[]> {
    const records = new Map(ids.flatMap((id) => this.wholeRecord(id)).map((record) => [record.id, record]));
    for (const id of this.folders()) if (!records.has(id)) await this.remove(id);
    const started = [...records].map(([id, record]) => this.begin(id, () => record).started);
    const failed = (await Promise.allSettled(started)).find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) {
      await this.stop();
      throw failed.reason;
    }
    return ids.filter((id) => !records.has(id));
  }

  /** Ends all clusters and keeps their data. */
  async stop(): Promise<void> {
    await Promise.all([...this.lives.keys()].map((id) => this.end(id)));
  }

  /** The clusters that serve. */
  running(): RunningCluster[] {
    return [...this.lives.values()].flatMap(({ running }) => running ?? []);
  }

  /** Process ids of a cluster's servers. */
  pids(id: string): readonly number[] {
    return this.lives.get(id)?.pids ?? [];
  }

  /** Memory that the servers of a cluster hold, in megabytes; what two clusters share counts for each. */
  memoryMb(id: string): number {
    return residentMb(this.pids(id));
  }

  /** Ends one server of a cluster as a crash does, for tests. */
  async kill(id: string, program: ProgramName): Promise<void> {
    await (await this.lives.get(id)?.servers())?.kill(program);
  }

  /** Starts the servers of a cluster that do not run any more. */
  async restart(id: string): Promise<void> {
    await (await this.lives.get(id)?.servers())?.boot();
  }

  private begin(id: string, recordOf: () => ClusterRecord | Promise<ClusterRecord>): ClusterLife {
    const life = new ClusterLife(this.options, this.files(id), recordOf);
    this.lives.set(id, life);
    life.started.catch(() => {
      // One that was asked for anew meanwhile stays.
      if (this.lives.get(id) === life) this.lives.delete(id);
    });
    return life;
  }

  /** What a new cluster is made from; nobody knows of an unfinished one, so only its data is in the way. */
  private async recordOf(spec: ClusterSpec): Promise<ClusterRecord> {
    const files = this.files(spec.id);
    const record = readRecord(files);
    if (record?.complete) return record;
    rmSync(files.at(ETCD_DATA), { recursive: true, force: true });
    if (record !== undefined && (await isFree(record.port))) return writeRecord(files, spec, record.port, false);
    if (record !== undefined) this.ports.release(record.port);
    return writeRecord(files, spec, await this.ports.pick(), false);
  }

  private wholeRecord(id: string): ClusterRecord[] {
    const record = isWhole(this.files(id)) ? readRecord(this.files(id)) : undefined;
    return record === undefined ? [] : [record];
  }

  private async end(id: string): Promise<void> {
    const life = this.lives.get(id);
    this.lives.delete(id);
    await life?.end();
  }

  private async remove(id: string): Promise<void> {
    const files = this.files(id);
    await awaitAbandoned(files.folder);
    const record = readRecord(files);
    if (record !== undefined) this.ports.release(record.port);
    rmSync(files.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  private files(id: string): ClusterFiles {
    return new ClusterFiles(path.join(this.options.folder, id));
  }

  /** Ids of all clusters of which there is a folder; anything else beside them is not ours. */
  private folders(): string[] {
    const entries = readdirSync(this.options.folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && /^[0-9a-f-]{36}$/.test(entry.name)).map(({ name }) => name);
  }
}

async function ask(life: ClusterLife, work: (api: CoreV1Api) => Promise<void>): Promise<void> {
  const cluster = await life.servers();
  try {
    await work(cluster.api());
  } catch (error) {
    throw asFailure(error, cluster.record.label);
  }
}
