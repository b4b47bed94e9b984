import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { z } from "zod";
import { StrataError } from "../../../constructs/core/errors";
import { errorField } from "../../error-field";

/** What a snapshot says of itself. */
export interface SnapshotFacts {
  /** Last entry of the Raft log that is in it. */
  readonly index: number;
  /** When it was made; ISO 8601. */
  readonly made: string;
  /** SHA-256 of the file in hexadecimal. */
  readonly sha256: string;
  /** Bytes of the file. */
  readonly bytes: number;
}

const meta = z.object({ Index: z.int() });

/** Files of a snapshot that have a checksum in it. */
const SUMMED = ["meta.json", "state.bin"];
const SUMS = "SHA256SUMS";
/** The checksums once more, sealed with the barrier key: only Vault can check it. */
const SEALED_SUMS = "SHA256SUMS.sealed";
/** Most bytes of a file that is read into memory; the data itself is not. */
const SMALL = 1024 * 1024;

/**
 * Reads a snapshot to its end and compares what is in it with its own checksums: a download that broke off, or a file
 * that was damaged on its way, is found here and not when it is needed.
 *
 * @throws StrataError when it is not there, or is no whole snapshot
 */
export async function examineSnapshot(file: string): Promise<SnapshotFacts> {
  const whole = createHash("sha256");
  let bytes = 0;
  async function* counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      whole.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  const found = new Map<string, { readonly sum: string; readonly text: string }>();
  let made = "";
  const entries = extract();
  const reading = (async () => {
    for await (const entry of entries) {
      const { name, mtime, size = 0 } = entry.header;
      const sum = createHash("sha256");
      const kept: Uint8Array[] = [];
      for await (const chunk of entry) {
        if (!(chunk instanceof Uint8Array)) continue;
        sum.update(chunk);
        if (size <= SMALL && name !== "state.bin") kept.push(chunk);
      }
      if (name === "meta.json") made = mtime?.toISOString() ?? "";
      found.set(name, { sum: sum.digest("hex"), text: Buffer.concat(kept).toString("utf8") });
    }
  })();
  const filling = pipeline(createReadStream(file), counted, createGunzip(), entries);
  const failed = (await Promise.allSettled([filling, reading])).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw unreadable(file, errorField(failed.reason, "code"));
  return { index: checked(file, found), made, sha256: whole.digest("hex"), bytes };
}

function checked(file: string, found: ReadonlyMap<string, { readonly sum: string; readonly text: string }>): number {
  const lacking = [...SUMMED, SUMS, SEALED_SUMS].find((name) => !found.has(name));
  if (lacking !== undefined) throw damaged(file, `is no whole snapshot: ${lacking} is missing`);
  const sums = new Map(
    (found.get(SUMS)?.text ?? "").split("\n").flatMap((line): [string, string][] => {
      const [, sum, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line.trim()) ?? [];
      return sum === undefined || name === undefined ? [] : [[name, sum]];
    }),
  );
  const wrong = SUMMED.find((name) => sums.get(name) !== found.get(name)?.sum);
  if (wrong !== undefined) throw damaged(file, `is damaged: ${wrong} is not what its checksum says`);
  try {
    return meta.parse(JSON.parse(found.get("meta.json")?.text ?? "")).Index;
  } catch {
    throw damaged(file, "is no snapshot of Vault's: meta.json is not what Vault writes");
  }
}

function unreadable(file: string, code: string): StrataError {
  if (code === "ENOENT") {
    return StrataError.of({ where: file, problem: "is not there", fix: "Name the file of a snapshot." });
  }
  const system = ["EACCES", "EPERM", "EISDIR", "EIO"].includes(code);
  return damaged(file, system ? `cannot be read (${code})` : "is damaged, or no snapshot");
}

function damaged(file: string, problem: string): StrataError {
  return StrataError.of({ where: file, problem, fix: "Take another snapshot." });
}
