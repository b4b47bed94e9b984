import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isExecutable } from "./executable";

/** Beside each binary: what it was built from. Without it a binary does not count. */
export interface Stamp {
  readonly hash: string;
  /** The Go that built it. */
  readonly go: string;
  /** What it said of itself when it was tried. */
  readonly answer: string;
  readonly seconds: number;
  readonly bytes: number;
}

/** The folder of the built tools: outside of the checkout, so that every checkout and a clean one use the same. */
export function toolsFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.STRATA_TOOLS_DIR) return path.resolve(env.STRATA_TOOLS_DIR);
  const cache = env.XDG_CACHE_HOME ?? "";
  return path.join(path.isAbsolute(cache) ? cache : path.join(env.HOME || os.homedir(), ".cache"), "strata", "tools");
}

const SCRATCH = "scratch-";

/** The built tools and their stamps. */
export class ToolCache {
  constructor(readonly folder: string) {}

  /** Keeps a second build out. */
  get lock(): string {
    return path.join(this.folder, "lock");
  }

  /** For the processes of a build. */
  get pids(): string {
    return path.join(this.folder, "processes");
  }

  /** Where this process lets Go work: a Go that outlived a killed build writes elsewhere. */
  get scratch(): string {
    return path.join(this.folder, `${SCRATCH}${process.pid}`);
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** Where a binary grows until it is whole. */
  partOf(name: string): string {
    return path.join(this.scratch, name);
  }

  /** The stamp of a tool that is there and whole; undefined otherwise. */
  stamp(name: string): Stamp | undefined {
    try {
      const stamp = JSON.parse(readFileSync(this.stampFile(name), "utf8")) as Stamp;
      return isExecutable(this.file(name)) && statSync(this.file(name)).size === stamp.bytes ? stamp : undefined;
    } catch {
      return undefined;
    }
  }

  /** Takes a whole binary in. At no moment does a stamp stand beside a binary that it does not belong to. */
  accept(name: string, stamp: Omit<Stamp, "bytes">): Stamp {
    const part = this.partOf(name);
    const whole = { ...stamp, bytes: statSync(part).size };
    rmSync(this.stampFile(name), { force: true });
    renameSync(part, this.file(name));
    const stampPart = `${part}.json`;
    writeFileSync(stampPart, `${JSON.stringify(whole, undefined, 2)}\n`);
    renameSync(stampPart, this.stampFile(name));
    return whole;
  }

  /** An empty place to work in. */
  prepare(): void {
    this.clean();
    mkdirSync(this.scratch, { recursive: true });
  }

  /** Removes what builds that were stopped have left; only for the holder of the lock. */
  clean(): void {
    if (!existsSync(this.folder)) return;
    for (const name of readdirSync(this.folder)) {
      if (name.startsWith(SCRATCH)) rmSync(path.join(this.folder, name), { recursive: true, force: true });
    }
  }

  /** Bytes of the built tools. */
  bytes(): number {
    if (!existsSync(this.folder)) return 0;
    const files = readdirSync(this.folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    return files.reduce((sum, { name }) => sum + statSync(path.join(this.folder, name)).size, 0);
  }

  private stampFile(name: string): string {
    return path.join(this.folder, `${name}.json`);
  }
}
