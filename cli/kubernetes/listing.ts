import { z } from "zod";
import { StrataError } from "../../constructs/core/errors";
import type { ClusterApi } from "./cluster-api";

/** The part of every object that all kinds share. */
export const metadata = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  resourceVersion: z.string().default(""),
  deletionTimestamp: z.string().optional(),
  finalizers: z.array(z.string()).default([]),
});

const page = z.object({
  metadata: z.object({ continue: z.string().optional() }).optional(),
  items: z.array(z.unknown()).nullish(),
});

/** Objects without their content, which may be large. */
const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
/** One object without its content, which may be secret: an API server that gives no such answer is to refuse. */
export const ITS_METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const PAGE = 500;

/** Lists all objects of a kind; none where the kind itself is gone. @param path may hold a query, such as a selector */
export async function listAll<T>(
  api: ClusterApi,
  path: string,
  item: z.ZodType<T>,
  metadataOnly = false,
): Promise<readonly T[]> {
  const found: T[] = [];
  let next = "";
  do {
    const query = new URLSearchParams({ limit: `${PAGE}`, ...(next !== "" && { continue: next }) });
    const accept = metadataOnly ? { accept: METADATA_ONLY } : {};
    const url = `${path}${path.includes("?") ? "&" : "?"}${query}`;
    const answer = await api.send({ method: "GET", path: url, ...accept }, [200, 404]);
    if (answer.status === 404) return found;
    const { items, metadata: list } = read(api, path, page, answer.body);
    for (const each of items ?? []) found.push(read(api, path, item, each));
    next = list?.continue ?? "";
  } while (next !== "");
  return found;
}

/** Reads an answer; what stands between us and the API server may answer anything. */
export function read<T>({ host }: ClusterApi, path: string, schema: z.ZodType<T>, body: unknown): T {
  const { data, error } = schema.safeParse(body);
  if (error === undefined) return data;
  const fix = "Check that its address is that of the API server, and not of something before it.";
  throw StrataError.of({ where: `API server ${host}`, problem: `GET ${path}: not the answer of an API server`, fix });
}
