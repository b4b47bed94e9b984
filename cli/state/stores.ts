import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { StrataError } from "../../constructs/core/errors";
import type { StateBackend } from "../../constructs/core/state-backend";
import { readManifest } from "../atlantis/manifest";

/** A place of an S3-compatible store that carries states, as Terraform's backend block describes it. */
export interface StateStore {
  readonly bucket: string;
  readonly region: string;
  /** URL of the store. @default - that of the environment, or AWS */
  readonly endpoint?: string;
  /** Whether the bucket is named in the path instead of the host. */
  readonly pathStyle: boolean;
  /** Folder of the states' keys. */
  readonly prefix: string;
  /** Whether states are written with the request to encrypt them. */
  readonly encrypt: boolean;
  /** Whether Terraform locks with an object that is written only if it is not there. */
  readonly lockfile: boolean;
}

/** A store with the stacks that keep their state in it; none where only the configuration was read. */
export interface UsedStore {
  readonly store: StateStore;
  readonly stacks: readonly string[];
}

const s3Block = z.object({
  bucket: z.string(),
  region: z.string(),
  key: z.string(),
  endpoints: z.object({ s3: z.string().optional() }).optional(),
  use_path_style: z.boolean().default(false),
  encrypt: z.boolean().default(false),
  use_lockfile: z.boolean().default(false),
});
const program = z.object({ terraform: z.object({ backend: z.object({ s3: s3Block.optional() }) }) });

/** The stores of a synthesized program, each once. */
export function storesOfSynth(folder: string): readonly UsedStore[] {
  const used = new Map<string, { readonly store: StateStore; readonly stacks: string[] }>();
  for (const { id, folder: below } of readManifest(folder)) {
    const store = storeOfStack(path.join(folder, below, "cdk.tf.json"));
    if (store === undefined) continue;
    const key = JSON.stringify(store);
    used.set(key, { store, stacks: [...(used.get(key)?.stacks ?? []), id] });
  }
  if (used.size > 0) return [...used.values()];
  throw noStore(folder);
}

/** The store that a configuration asks for. */
export function storeOfConfiguration(state: StateBackend, where: string): UsedStore {
  if (state.type === "local") throw noStore(where);
  const { bucket, region, endpoint, prefix = "strata", useLockfile: lockfile = true } = state;
  const place = endpoint === undefined ? { pathStyle: false } : { endpoint, pathStyle: true };
  return { store: { bucket, region, ...place, prefix, encrypt: true, lockfile }, stacks: [] };
}

function storeOfStack(file: string): StateStore | undefined {
  const parsed = program.safeParse(parse(file));
  if (!parsed.success) {
    throw StrataError.of({
      where: file,
      problem: "has no backend that can be read",
      fix: "Run `npm run synth` again.",
    });
  }
  const { s3 } = parsed.data.terraform.backend;
  if (s3 === undefined) return undefined;
  const { bucket, region, endpoints, use_path_style: pathStyle, encrypt, use_lockfile: lockfile } = s3;
  const place = { bucket, region, ...(endpoints?.s3 !== undefined && { endpoint: endpoints.s3 }), pathStyle };
  return { ...place, prefix: path.posix.dirname(s3.key), encrypt, lockfile };
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function noStore(where: string): StrataError {
  return StrataError.of({
    where,
    problem: "every state is a local file, so there is no store to check",
    fix: "Set `state` in platform.yaml to {type: s3, bucket: ..., region: ..., endpoint: ...} and synthesize.",
  });
}
