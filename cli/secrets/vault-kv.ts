import { z } from "zod";
import { type RetryPolicy, withRetries } from "../retry";
import type { VaultClient } from "../vault/client";
import { passes, VaultFailure } from "../vault/failure";
import { requireOpen, sealStatus } from "../vault/seal-status";
import { type SecretEngine, type SecretOutline, type StoredSecret, WriteConflict } from "./engine";
import { vaultPolicy } from "./vault-policy";

const metadata = z.object({
  version: z.int(),
  created_time: z.string().default(""),
  deletion_time: z.string().default(""),
  destroyed: z.boolean(),
});
const stored = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()).nullable(), metadata }) });
const outlined = z.object({ data: z.object({ subkeys: z.record(z.string(), z.unknown()).nullable(), metadata }) });
const mountInfo = z.object({
  data: z.object({ type: z.string(), options: z.object({ version: z.string().optional() }).nullish() }),
});
const listed = z.object({ data: z.object({ keys: z.array(z.string()) }) });
const accepted = z.unknown();

/** Vault's key-value store, version 2, in one mount. */
export function vaultKv(client: VaultClient, mount: string, retry: RetryPolicy): SecretEngine {
  const repeat = <T>(run: () => Promise<T>) => withRetries(retry, passes, run);
  const below = (part: string, path: string) => `${mount}/${part}/${path.split("/").map(encodeURIComponent).join("/")}`;
  const failure = (problem: string, fix: string) => new VaultFailure("rejected", client.address, problem, fix);
  return {
    name: `Vault at ${client.address}`,
    passes,
    check: async () => {
      // A Vault that is sealed from the start is told at once; one that seals itself underway is waited for.
      requireOpen(client, await withRetries(retry, passes, () => sealStatus(client)));
      const info = await repeat(() => mountOf(client, mount));
      if (info.data.type === "kv" && info.data.options?.version === "2") return;
      const kind = info.data.type === "kv" ? "a key-value store of version 1" : `of type ${info.data.type}`;
      throw failure(
        `the mount ${mount}/ is ${kind}`,
        "It must be a KV version 2 store, as the l2-secrets stack makes it.",
      );
    },
    read: (path) => repeat(() => newest(client, below("data", path), stored, fromAnswer)),
    write: async (path, keys, expectedVersion) => {
      const body = { data: keys, options: { cas: expectedVersion } };
      const target = below("data", path);
      try {
        // A patch leaves the other keys to Vault: sending them back could change a number that JSON.parse rounded.
        await (expectedVersion === 0 ? client.write(target, body, accepted) : client.patch(target, body, accepted));
      } catch (error) {
        if (isConflict(error)) throw new WriteConflict(path);
        throw error;
      }
    },
    // Vault strips the values itself: they never come here.
    look: (path) => repeat(() => newest(client, `${below("subkeys", path)}?depth=1`, outlined, outlineOf)),
    list: (folder) => repeat(() => list(client, below("metadata", folder))),
    delete: (path) => repeat(async () => void (await client.remove(below("metadata", path), accepted))),
    policy: (rights, folder) => vaultPolicy(mount, rights, folder),
  };
}

async function mountOf(client: VaultClient, mount: string) {
  try {
    return await client.read(`sys/internal/ui/mounts/${mount}`, mountInfo);
  } catch (error) {
    // Vault gives the same answer for a mount that is not there and for a token without any right in it.
    if (!(error instanceof VaultFailure) || error.kind !== "denied") throw error;
    const problem = `there is no mount ${mount}/, or the token has no right in it`;
    const fix = "Deploy the l2-secrets stacks first, and use a token with the rights that cli/README.md lists.";
    throw new VaultFailure("denied", client.address, problem, fix);
  }
}

/** Reads the newest version of a secret; of one that was deleted only its metadata comes, as "not found". */
async function newest<T, R>(
  client: VaultClient,
  target: string,
  schema: z.ZodType<T>,
  convert: (answer: T) => R,
): Promise<R | undefined> {
  try {
    return convert(await client.read(target, schema));
  } catch (error) {
    if (!(error instanceof VaultFailure) || error.kind !== "missing") throw error;
    const deleted = schema.safeParse(error.body);
    return deleted.success ? convert(deleted.data) : undefined;
  }
}

function fromAnswer({ data }: z.output<typeof stored>): StoredSecret {
  const deleted = data.data === null || data.metadata.destroyed;
  return { data: data.data ?? {}, version: data.metadata.version, deleted };
}

function outlineOf({ data: { subkeys, metadata: about } }: z.output<typeof outlined>): SecretOutline {
  const deleted = subkeys === null || about.destroyed;
  return { keys: Object.keys(subkeys ?? {}), version: about.version, written: about.created_time, deleted };
}

async function list(client: VaultClient, target: string): Promise<readonly string[]> {
  try {
    return (await client.list(target, listed)).data.keys;
  } catch (error) {
    if (error instanceof VaultFailure && error.kind === "missing") return [];
    throw error;
  }
}

/** A path that vanished between reading and patching is one too. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof VaultFailure)) return false;
  return error.kind === "missing" || (error.kind === "rejected" && error.message.includes("check-and-set"));
}
