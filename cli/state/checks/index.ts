import type { StateEnvironment } from "../environment";
import type { S3Bucket, S3Client } from "../s3/client";
import { S3Unreachable } from "../s3/unreachable";
import type { StateStore } from "../stores";
import { checkAccess, checkConnection } from "./access";
import { checkLock, checkRace, checkUnlock } from "./locking";
import { Probes, type WriteStyle } from "./probes";
import { type CheckResult, failed, passed, skipped, warning } from "./result";
import { checkDefaultEncryption, checkVersioning } from "./settings";
import { checkReading, checkWriting } from "./writing";

/** What a store is checked with. */
export interface CheckedStore {
  readonly store: StateStore;
  readonly bucket: S3Bucket;
  readonly client: S3Client;
  readonly environment: Pick<StateEnvironment, "checksums" | "customerKey">;
}

/**
 * Finds out whether a store can carry Terraform's states, by doing what Terraform does to objects of its own, which are
 * removed again whatever happens.
 */
export async function checkStore(checked: CheckedStore): Promise<readonly CheckResult[]> {
  const { store, bucket, client } = checked;
  const results = [checkConnection(bucket)];
  const probes = new Probes(client, store.prefix);
  try {
    results.push(await checkAccess(bucket, client));
    if (results.some(({ result }) => result === "failed")) return results;
    results.push(...(await checkObjects(probes, checked)));
    const encrypted = results.some(({ check, result }) => check === "encryption" && result === "passed");
    results.push(await checkVersioning(client), await checkDefaultEncryption(client, encrypted));
  } catch (error) {
    if (!(error instanceof S3Unreachable)) throw error;
    for (const { problem, fix } of error.issues) results.push(failed("connection", problem, fix));
  }
  return [...results, leftOver(await probes.clean())];
}

async function checkObjects(probes: Probes, { store, environment }: CheckedStore): Promise<readonly CheckResult[]> {
  const { results, style } = await checkWriting(probes, styleOf(store, environment));
  if (style === undefined) return results;
  const reading = await checkReading(probes);
  const lock = await checkLock(probes);
  const locking =
    lock.result === "passed"
      ? [lock, await checkRace(probes), await checkUnlock(probes)]
      : [lock, skipped("lock race", "needs a lock"), skipped("unlock", "needs a lock")];
  return [...results, reading, ...(store.lockfile ? locking : locking.map(unused))];
}

/** Where the configuration switches the lock off, a store need not have one; but then nothing keeps two applies apart. */
function unused(found: CheckResult): CheckResult {
  const off = "The configuration switches the lock off: let only one apply run at a time by other means.";
  if (found.result === "failed") return warning(found.check, found.detail, off);
  if (found.check !== "lock" || found.result !== "passed") return found;
  return warning("lock", `${found.detail}, but the configuration switches it off`, "Remove state.useLockfile: false.");
}

function styleOf({ encrypt }: StateStore, { checksums, customerKey }: CheckedStore["environment"]): WriteStyle {
  if (!encrypt) return { checksum: checksums, encryption: {}, decryption: {} };
  if (customerKey !== undefined) return { checksum: checksums, encryption: customerKey, decryption: customerKey };
  return { checksum: checksums, encryption: { "x-amz-server-side-encryption": "AES256" }, decryption: {} };
}

function leftOver(left: readonly string[]): CheckResult {
  if (left.length === 0) return passed("cleaning up", "nothing of the check is left in the bucket");
  const detail = `${left.length} objects of the check could not be removed: ${left.join(", ")}`;
  return warning("cleaning up", detail, "Delete them, with their versions.");
}
