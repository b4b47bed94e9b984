import { createColors } from "picocolors";

/** Where a command writes and whom it may ask. */
export interface Terminal {
  /** A person sits in front of it: prompts are possible. */
  readonly interactive: boolean;
  /** What goes to stdout is seen by a person and kept by nobody. */
  readonly outputIsTerminal: boolean;
  readonly colours: ReturnType<typeof createColors>;
  /** A line of the result. */
  out(text: string): void;
  /** A line about the work: progress, warnings, problems. */
  err(text: string): void;
  /** Asks for a value without showing it. */
  askSecret(message: string): Promise<string>;
  /** Everything on stdin. */
  readInput(): Promise<string>;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const colourful = stdout.isTTY === true && env.TERM !== "dumb" && (env.NO_COLOR ?? "") === "";
  return {
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    outputIsTerminal: stdout.isTTY === true,
    colours: createColors(colourful),
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    askSecret: async (message) => {
      const { password } = await import("@inquirer/prompts");
      // On stderr: stdout may be a pipe that wants the result only.
      return password({ message, mask: false }, { output: stderr });
    },
    readInput: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks).toString("utf8");
    },
  };
}
