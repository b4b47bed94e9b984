import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The files of one cluster. Each is whole or not there, so that a creation that was cut off anywhere can go on. */
export class ClusterFiles {
  constructor(readonly folder: string) {}

  /** The path of a file or folder. */
  at(...names: readonly string[]): string {
    return path.join(this.folder, ...names);
  }

  has(...names: readonly string[]): boolean {
    return existsSync(this.at(...names));
  }

  read(...names: readonly string[]): string {
    return readFileSync(this.at(...names), "utf8");
  }

  /** Writes a file that only its owner can read; answers its path. */
  write(name: string, text: string): string {
    const file = this.at(name);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return file;
  }
}
