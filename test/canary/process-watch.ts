import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What a process was started with. */
export interface ProcessRecord {
  /** What was scanned, as in `arguments of terraform` or `environment of cdktf#VAULT_TOKEN`. */
  readonly name: string;
  readonly content: Buffer;
}

/** Often enough to see every process that does some work. */
const LOOK_MS = 100;

/**
 * Looks at the arguments and the environment of every process that has to do with a folder: other users of a machine see
 * the first, and crash handlers write both down. It sees nothing on systems without `/proc`.
 */
export class ProcessWatch {
  private readonly seen = new Map<string, ProcessRecord>();
  private readonly timer: NodeJS.Timeout;

  /** @param folder absolute; every process that names it, or has it in its environment, is looked at */
  constructor(private readonly folder: string) {
    this.timer = setInterval(() => this.look(), LOOK_MS);
    // A test that fails must be able to end.
    this.timer.unref();
  }

  /** Whether this system tells what processes are started with. */
  static readonly works = existsSync("/proc/self/environ");

  /** Everything that was seen up to now, each once. */
  records(): readonly ProcessRecord[] {
    return [...this.seen.values()];
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    if (!ProcessWatch.works) return;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
      const argv = readQuietly(`/proc/${pid}/cmdline`);
      const environment = readQuietly(`/proc/${pid}/environ`);
      if (argv.includes(this.folder) || environment.includes(this.folder)) this.keep(argv, environment);
    }
  }

  private keep(argv: Buffer, environment: Buffer): void {
    for (const record of recordsOf(argv, environment)) {
      this.seen.set(`${record.name}\n${record.content.toString("latin1")}`, record);
    }
  }
}

/** What was written by {@link terraformRecorder}. */
export function recordedBy(folder: string): readonly ProcessRecord[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".arguments"))
    .flatMap((name) =>
      recordsOf(
        Buffer.concat([Buffer.from("terraform\0"), readFileSync(path.join(folder, name))]),
        readQuietly(path.join(folder, name.replace(/arguments$/, "environment"))),
      ),
    );
}

/**
 * A program to be named as Terraform: it notes its arguments and its environment, and becomes the real one. However short a
 * command is, it is not missed.
 *
 * @param folder where it stands and writes; not one that is scanned
 */
export function terraformRecorder(folder: string, terraform: string): string {
  const file = path.join(folder, "terraform");
  mkdirSync(folder, { recursive: true });
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const record = `${quoted(folder)}/$$`;
  const lines = [
    "#!/bin/sh",
    `[ $# -gt 0 ] && printf '%s\\0' "$@" >> ${record}.arguments`,
    `env -0 >> ${record}.environment`,
    `exec ${quoted(terraform)} "$@"`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  chmodSync(file, 0o755);
  return file;
}

function recordsOf(argv: Buffer, environment: Buffer): readonly ProcessRecord[] {
  const program = programOf(argv.toString("utf8").split("\0"));
  const variables = environment.toString("utf8").split("\0").filter(Boolean);
  return [
    { name: `arguments of ${program}`, content: argv },
    ...variables.map((variable) => ({
      name: `environment of ${program}#${variable.replace(/=.*/s, "")}`,
      content: Buffer.from(variable.slice(variable.indexOf("=") + 1)),
    })),
  ];
}

/** What runs: with an interpreter, the program that it runs. */
function programOf([command = "", script = ""]: readonly string[]): string {
  const name = path.basename(command);
  return /^(node|sh|bash)$/.test(name) && script !== "" && !script.startsWith("-") ? path.basename(script) : name;
}

function readQuietly(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    // It ended meanwhile, or is another user's.
    return Buffer.alloc(0);
  }
}
