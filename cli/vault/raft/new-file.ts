import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync } from "node:fs";
import path from "node:path";
import { StrataError } from "../../../constructs/core/errors";
import { errorField } from "../../error-field";

/**
 * Makes a file that only its owner can read, and that is there either whole or not at all: it is written under another
 * name and gets its own at the end. A file that exists is never replaced.
 *
 * @param write writes the file of the name that it is given, which is there and empty
 * @throws StrataError when there is such a file already, or when it cannot be made
 */
export async function writeNewFile<T>(file: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const exists = StrataError.of({ where: file, problem: "exists already", fix: "Name a new file with --out." });
  if (existsSync(file)) throw exists;
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.part`);
  try {
    closeSync(openSync(temporary, "wx", 0o600));
  } catch (error) {
    const problem = `cannot be written (${errorField(error, "code") || "no reason given"})`;
    throw StrataError.of({
      where: file,
      problem,
      fix: "Name a new file with --out, in a folder that you can write to.",
    });
  }
  try {
    const result = await write(temporary);
    flush(temporary);
    // Unlike a rename, a link never takes the place of a file that has come meanwhile.
    linkSync(temporary, file);
    flush(path.dirname(file));
    return result;
  } catch (error) {
    throw errorField(error, "code") === "EEXIST" ? exists : error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function flush(file: string): void {
  const descriptor = openSync(file, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
