import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createColors } from "picocolors";
import { run } from "../../../cli";
import { DEFAULT_RETRY } from "../../../cli/retry";
import type { Session } from "../../../cli/session";

export const ROOT = path.resolve(__dirname, "../../..");

/** As many attempts as always, without the waiting. */
export const IMPATIENT = { ...DEFAULT_RETRY, sleep: async () => undefined };

/** What the person in front of the terminal is, types and has. */
export interface Person {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Answers to questions; with them the terminal is interactive. */
  readonly answers?: readonly string[];
  readonly input?: string;
  readonly outputIsTerminal?: boolean;
  readonly cwd?: string;
}

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly questions: readonly string[];
}

/** Runs the command in this process, as a person would. */
export async function strata(args: readonly string[], person: Person = {}): Promise<Outcome> {
  const { session, lines } = fakeSession(person);
  const code = await run(args, session);
  return { code, out: lines.out.join("\n"), err: lines.err.join("\n"), questions: lines.questions };
}

/** A session whose terminal keeps what is written. */
export function fakeSession({ env = {}, answers, input = "", outputIsTerminal = false, cwd = ROOT }: Person) {
  const lines = { out: [] as string[], err: [] as string[], questions: [] as string[] };
  const left = [...(answers ?? [])];
  const session: Session = {
    env,
    cwd,
    root: ROOT,
    exitCode: 0,
    retry: IMPATIENT,
    terminal: {
      interactive: answers !== undefined,
      outputIsTerminal,
      colours: createColors(false),
      out: (text) => void lines.out.push(text),
      err: (text) => void lines.err.push(text),
      askSecret: async (message) => {
        lines.questions.push(message);
        const answer = left.shift();
        if (answer === undefined) throw new Error(`nobody answers ${message}`);
        return answer;
      },
      readInput: async () => input,
    },
  };
  return { session, lines };
}

const folders: string[] = [];

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "strata-test-"));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
