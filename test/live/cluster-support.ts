import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppsV1Api, BatchV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { ClusterSpec, PoolSpec } from "../../sandbox/clusters/driver";
import { EmbeddedClusters, type EmbeddedOptions } from "../../sandbox/clusters/embedded";
import { PROGRAM_NAMES } from "../../sandbox/clusters/embedded/programs";
import { uuid } from "../../sandbox/providers/hooks/ids";
import { requireTools } from "../../sandbox/tools/find";

/** Paths of what clusters are made of; fails with what to build when it is not there. */
export const tools = requireTools(PROGRAM_NAMES);

export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A cluster of a name, with ids that are the same in every run. */
export function clusterSpec(label: string): ClusterSpec {
  return { id: uuid(digest(label)), label, region: "ams", version: "v1.34.1+2", digest: digest(label) };
}

/** A pool with nodes `<label>-1` and so on. */
export function poolSpec(label: string, count: number, changes: Partial<PoolSpec> = {}): PoolSpec {
  const nodes = Array.from({ length: count }, (_, index) => ({
    id: uuid(digest(`${label} ${index}`)),
    label: `${label}-${index + 1}`,
  }));
  return {
    id: uuid(digest(`pool ${label}`)),
    label,
    tag: "",
    plan: "vc2-2c-4gb",
    region: "ams",
    labels: {},
    taints: [],
    nodes,
    ...changes,
  };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "strata-clusters-"));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The driver with the tools of this machine. */
export function openClusters(options: Omit<EmbeddedOptions, "tools"> & Partial<EmbeddedOptions>): EmbeddedClusters {
  return new EmbeddedClusters({ tools, ...options });
}

/** Clients of a cluster that runs. */
export function clientsOf(clusters: EmbeddedClusters, id: string) {
  const running = clusters.running().find((cluster) => cluster.id === id);
  if (running === undefined) throw new Error(`The cluster ${id} does not run.`);
  const config = new KubeConfig();
  config.loadFromFile(running.kubeconfig);
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    batch: config.makeApiClient(BatchV1Api),
  };
}

export type Clients = ReturnType<typeof clientsOf>;

/** Waits until a question is answered with something that is not undefined; fails with what was asked for. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, withinMs = 20_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs / 1000} s: ${what}`);
    await sleep(50);
  }
}

/** Whether a process runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
