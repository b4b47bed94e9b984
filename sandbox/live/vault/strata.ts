import { spawn } from "node:child_process";
import path from "node:path";
import { z } from "zod";
import { inherited } from "../../run/environment";
import { Failure } from "../../run/failure";

/** What a `strata` command left behind. Standard output may hold what was asked for; messages are in `stderr`. */
export interface StrataOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a `strata` command gets beside its arguments. */
export interface StrataInput {
  readonly env?: Readonly<Record<string, string>>;
  /** @default - nothing */
  readonly stdin?: string;
}

/** Runs a command of `strata`. */
export type Strata = (args: readonly string[], input?: StrataInput) => Promise<StrataOutcome>;

/** Where `strata` is run. */
export interface StrataProgramOptions {
  /** The checkout. */
  readonly root: string;
  /** HOME of the command: nothing of the user is read. */
  readonly home: string;
}

/** The command of the checkout as a process of its own, with an environment from nothing. */
export function strataProgram({ root, home }: StrataProgramOptions): Strata {
  return (args, { env = {}, stdin = "" } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [path.join(root, "cli", "bin.mjs"), ...args], {
        cwd: root,
        env: { ...inherited(), HOME: home, NO_COLOR: "1", ...env },
        stdio: ["pipe", "pipe", "pipe"],
      });
      const read = (stream: NodeJS.ReadableStream): string[] => {
        const pieces: string[] = [];
        stream.setEncoding("utf8").on("data", (text: string) => pieces.push(text));
        return pieces;
      };
      const stdout = read(child.stdout);
      const stderr = read(child.stderr);
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? 1, stdout: stdout.join(""), stderr: stderr.join("") }));
      // A command that reads nothing may be gone before all is written.
      child.stdin.on("error", () => undefined).end(stdin);
    });
}

const withProblems = z.object({ problems: z.array(z.object({ where: z.string(), problem: z.string() })) });

/** Runs a command that has to succeed. A failure shows its messages alone: what it prints beside them may be secret. */
export async function mustSucceed(strata: Strata, args: readonly string[], input: StrataInput): Promise<StrataOutcome> {
  const outcome = await strata(args, input);
  if (outcome.code === 0) return outcome;
  const name = args.slice(0, 2).join(" ");
  const said = outcome.stderr.trim() || problemsIn(outcome.stdout).join("\n");
  throw new Failure(`strata ${name} failed with exit code ${outcome.code}:\n${said}`);
}

/** With --json the problems stand in the report. */
function problemsIn(stdout: string): string[] {
  try {
    const { problems } = withProblems.parse(JSON.parse(stdout));
    return problems.map(({ where, problem }) => `${where}: ${problem}`);
  } catch {
    return [];
  }
}
