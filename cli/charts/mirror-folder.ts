import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import {
  archiveName,
  CHECKSUMS_FILE,
  formatChecksums,
  parseChecksums,
} from "../../constructs/kubernetes/chart-mirror/format";
import type { ChartPin } from "../../constructs/kubernetes/chart-pin";
import { errorField } from "../error-field";
import { sha256 } from "./archive";

/** How a chart stands in a mirror: there, absent, other bytes than its checksum, or nothing to compare it with. */
export type MirrorState = "present" | "missing" | "damaged" | "no checksum";

/** A folder of archives with their checksums. */
export class MirrorFolder {
  constructor(readonly folder: string) {}

  state(pin: ChartPin): MirrorState {
    const file = archiveName(pin);
    if (!existsSync(this.path(file))) return "missing";
    const wanted = this.checksum(pin);
    if (wanted === undefined) return "no checksum";
    return sha256(readFileSync(this.path(file))) === wanted ? "present" : "damaged";
  }

  /** The recorded checksum of a chart. */
  checksum(pin: ChartPin): string | undefined {
    return this.checksums().get(archiveName(pin));
  }

  /** Puts an archive into its place, then its checksum: killed between the two, it is fetched again. */
  put(pin: ChartPin, archive: Buffer): void {
    const file = archiveName(pin);
    try {
      mkdirSync(this.folder, { recursive: true });
      this.replace(file, archive);
      // Read again each time: another strata may be filling the same mirror.
      this.replace(CHECKSUMS_FILE, formatChecksums(this.checksums().set(file, sha256(archive))));
    } catch (error) {
      const problem = `can't be written (${errorField(error, "code") || errorField(error, "message")})`;
      throw StrataError.of({ where: this.folder, problem, fix: "Check its permissions and the space on its disk." });
    }
  }

  /** Removes what a strata that was killed has left. */
  clean(): void {
    if (!existsSync(this.folder)) return;
    for (const file of readdirSync(this.folder)) {
      const writer = PARTIAL.exec(file)?.[1];
      if (writer !== undefined && !isRunning(Number(writer))) rmSync(this.path(file), { force: true });
    }
  }

  private checksums(): Map<string, string> {
    const file = this.path(CHECKSUMS_FILE);
    return parseChecksums(existsSync(file) ? readFileSync(file, "utf8") : "");
  }

  /** A reader sees the old file or the new one, never half of one. */
  private replace(file: string, content: string | Buffer): void {
    const partial = this.path(`.${file}.${process.pid}.partial`);
    try {
      writeFileSync(partial, content);
      renameSync(partial, this.path(file));
    } catch (error) {
      rmSync(partial, { force: true });
      throw error;
    }
  }

  private path(file: string): string {
    return path.join(this.folder, file);
  }
}

const PARTIAL = /^\..*\.(\d+)\.partial$/;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorField(error, "code") === "EPERM";
  }
}
