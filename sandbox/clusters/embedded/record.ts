import { z } from "zod";
import type { ClusterSpec } from "../driver";
import { certificatePath, keyPath } from "./credentials";
import type { ClusterFiles } from "./files";
import { ETCD_DATA } from "./programs/etcd";

const FILE = "cluster.json";

const record = z.object({
  id: z.string(),
  label: z.string(),
  region: z.string(),
  version: z.string(),
  digest: z.string(),
  /** Port of the API server. States name it, so it stays. */
  port: z.int(),
  /** Whether the cluster came up once: from then on states may name it. */
  complete: z.boolean(),
});

/** What a cluster keeps of itself beside its data. */
export type ClusterRecord = Readonly<z.infer<typeof record>>;

/** What the folder of a cluster says; undefined where its creation did not get that far. */
export function readRecord(files: ClusterFiles): ClusterRecord | undefined {
  if (!files.has(FILE)) return undefined;
  try {
    return record.parse(JSON.parse(files.read(FILE)));
  } catch {
    return undefined;
  }
}

export function writeRecord(files: ClusterFiles, spec: ClusterSpec, port: number, complete: boolean): ClusterRecord {
  const { id, label, region, version, digest } = spec;
  const written = { id, label, region, version, digest, port, complete };
  files.write(FILE, `${JSON.stringify(written, undefined, 2)}\n`);
  return written;
}

/** Whether a cluster came up once and still has what states know of it. */
export function isWhole(files: ClusterFiles): boolean {
  const needed = [certificatePath("ca"), keyPath("ca"), certificatePath("admin"), keyPath("admin"), ETCD_DATA];
  return readRecord(files)?.complete === true && needed.every((name) => files.has(name));
}
