import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The files of a folder, kept in memory: to put them back is faster than a copy on the disk. */
export class FolderCopy {
  private constructor(
    private readonly folder: string,
    private readonly files: ReadonlyMap<string, Buffer>,
  ) {}

  static of(folder: string): FolderCopy {
    return new FolderCopy(folder, new Map(walk(folder).map((file) => [file, readFileSync(file)])));
  }

  /** Makes the folder what it was: what came goes, what changed or went comes back. */
  restore(): void {
    for (const file of walk(this.folder)) if (!this.files.has(file)) rmSync(file);
    for (const [file, content] of this.files) {
      if (existsSync(file) && readFileSync(file).equals(content)) continue;
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  /** Files that are there now and were not, and those that changed, relative to the folder. */
  changes(): string[] {
    return walk(this.folder)
      .filter((file) => !this.files.get(file)?.equals(readFileSync(file)))
      .map((file) => path.relative(this.folder, file));
  }
}

function walk(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    return statSync(file).isDirectory() ? walk(file) : [file];
  });
}
