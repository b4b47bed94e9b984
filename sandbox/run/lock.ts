import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Failure } from "./failure";

/**
 * Takes the lock of a folder; answers how to give it back. The lock of a process that is gone is taken over.
 *
 * @param what who works in the folder, for the message to whom is kept out
 */
export function takeLock(file: string, what = "sandbox"): () => void {
  mkdirSync(path.dirname(file), { recursive: true });
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const owner = ownerOf(file);
    if (owner !== undefined) {
      throw new Failure(`Another ${what} (process ${owner}) works in ${path.dirname(file)}. Wait for it or stop it.`);
    }
    rmSync(file, { force: true });
  }
  throw new Failure(`The lock ${file} cannot be taken: another ${what} starts at the same moment. Try again.`);
}

function ownerOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // EPERM: it lives and is another user's.
    return codeOf(error) === "EPERM" ? Number(readFileSync(file, "utf8")) : undefined;
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}
