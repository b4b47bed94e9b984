/** Writes a configuration: all of it or nothing, and never over something else. */
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import { loadPlatform } from "../../schema/load";

/** Refuses a folder that has a configuration. It is written last, so its presence means that all is there. */
export function checkFree(folder: string, shown: string): void {
  if (existsSync(path.join(folder, "platform.yaml"))) throw occupied([path.join(shown, "platform.yaml")]);
}

/**
 * Writes the files beside their place, loads them as a check, and only then moves them there. Interrupted at any
 * moment, it can be run again: what stands in its place already with the same content is left as it is.
 *
 * @returns the files that are new
 */
export function writeConfig(files: ReadonlyMap<string, string>, folder: string, shown: string): readonly string[] {
  const differing = [...files].filter(([file, text]) => (read(path.join(folder, file)) ?? text) !== text);
  if (differing.length > 0) throw occupied(differing.map(([file]) => path.join(shown, file)));
  const draft = path.join(path.dirname(folder), `.${path.basename(folder)}.strata-init`);
  rmSync(draft, { recursive: true, force: true });
  try {
    for (const [file, text] of files) {
      mkdirSync(path.dirname(path.join(draft, file)), { recursive: true });
      writeFileSync(path.join(draft, file), text);
    }
    check(draft, shown);
    return move(files, draft, folder).map((file) => path.join(shown, file));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function move(files: ReadonlyMap<string, string>, draft: string, folder: string): readonly string[] {
  if (!existsSync(folder)) {
    renameSync(draft, folder);
    return [...files.keys()];
  }
  const missing = [...files.keys()].filter((file) => !existsSync(path.join(folder, file)));
  for (const file of missing) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    copyFileSync(path.join(draft, file), path.join(folder, file), constants.COPYFILE_EXCL);
  }
  return missing;
}

/** Our own output passes the same checks as anybody's; what is reported names the place it was meant for. */
function check(draft: string, shown: string): void {
  try {
    loadPlatform(draft);
  } catch (error) {
    if (!(error instanceof StrataError)) throw error;
    const relative = path.relative(process.cwd(), draft);
    throw new StrataError(
      error.issues.map((issue) => ({ ...issue, where: issue.where.replace(draft, shown).replace(relative, shown) })),
    );
  }
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function occupied(files: readonly string[]): StrataError {
  return new StrataError(
    files.map((where) => ({
      where,
      problem: "this file exists already, and nothing is ever overwritten",
      fix: "Edit it, or name another folder with --dir. Nothing was written.",
    })),
  );
}
