import { z } from "zod";
import { type RetryPolicy, withRetries } from "../retry";
import type { VaultClient } from "../vault/client";
import { passes, VaultFailure } from "../vault/failure";
import { requireOpen, sealStatus } from "../vault/seal-status";
import { type SecretEngine, type StoredSecret, WriteConflict } from "./engine";

const metadata = z.object({ version: z.int(), deletion_time: z.string().default(""), destroyed: z.boolean() });
const stored = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()).nullable(), metadata }) });
const mountInfo = z.object({
  data: z.object({ type: z.string(), options: z.object({ version: z.string().optional() }).nullish() }),
});
const listed = z.object({ data: z.object({ keys: z.array(z.string()) }) });
const written = z.unknown();

/** Vault's key-value store, version 2, in one mount. */
export function vaultKv(client: VaultClient, mount: string, retry: RetryPolicy): SecretEngine {
  const repeat = <T>(run: () => Promise<T>) => withRetries(retry, passes, run);
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
    read: (path) => repeat(() => read(client, `${mount}/data/${path}`)),
    write: async (path, keys, expectedVersion) => {
      const body = { data: keys, options: { cas: expectedVersion } };
      const target = `${mount}/data/${path}`;
      try {
        // A patch leaves the other keys to Vault: sending them back could change a number that JSON.parse rounded.
        await (expectedVersion === 0 ? client.write(target, body, written) : client.patch(target, body, written));
      } catch (error) {
        if (isConflict(error)) throw new WriteConflict(path);
        throw error;
      }
    },
    list: (path) => repeat(() => list(client, `${mount}/metadata/${path}`)),
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

async function read(client: VaultClient, target: string): Promise<StoredSecret | undefined> {
  try {
    return fromAnswer(await client.read(target, stored));
  } catch (error) {
    if (!(error instanceof VaultFailure) || error.kind !== "missing") throw error;
    // The newest version of a secret that was deleted comes as "not found", with its metadata.
    const deleted = stored.safeParse(error.body);
    return deleted.success ? fromAnswer(deleted.data) : undefined;
  }
}

function fromAnswer({ data }: z.output<typeof stored>): StoredSecret {
  const deleted = data.data === null || data.metadata.destroyed;
  return { data: data.data ?? {}, version: data.metadata.version, deleted };
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
