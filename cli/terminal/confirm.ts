import { StrataError } from "../../constructs/core/errors";
import type { Session } from "../session";

/** Asks one question; answers what was typed. */
export type Ask = (message: string) => Promise<string>;

/** What a person has to agree with. */
export interface Agreement {
  /** Name of what is affected: it has to be typed. */
  readonly name: string;
  /** Kind of that, as in `environment`. */
  readonly kind: string;
  /** What happens: a sentence, or one with a list below it. */
  readonly warning: string;
  /** What typing the name is for, as the question says it. @default "go on" */
  readonly purpose?: string;
  /** The name given beforehand, or several when the command may ask about several. @default - it is asked for */
  readonly yes?: string | readonly string[];
  /** The output is read by a program: nothing is asked. @default false */
  readonly json?: boolean;
}

/**
 * Has a name typed before something that cannot be taken back.
 *
 * @throws StrataError when nobody types it
 */
export async function confirmName({ terminal }: Session, agreement: Agreement, ask: Ask = askOnTerminal) {
  const { name, kind, warning, purpose = "go on", yes, json } = agreement;
  const refuse = (problem: string, fix: string) => StrataError.of({ where: `${kind} ${name}`, problem, fix });
  const agreed = typeof yes === "string" ? yes === name : yes?.includes(name);
  if (agreed) return;
  if (typeof yes === "string") {
    throw StrataError.of({ where: "--yes", problem: `names another ${kind}`, value: yes, fix: `It is ${name} here.` });
  }
  if (!terminal.interactive || json) {
    throw refuse("nobody confirms it", `Add --yes ${name} to ${purpose} without a question.`);
  }
  terminal.err(terminal.colours.yellow(warning));
  const typed = await ask(`Type the name of the ${kind} (${name}) to ${purpose}`);
  if (typed.trim() !== name) throw refuse("its name was not typed", "Nothing was changed.");
}

async function askOnTerminal(message: string): Promise<string> {
  const { input } = await import("@inquirer/prompts");
  // On stderr: stdout may be a pipe that wants the result only.
  return input({ message }, { output: process.stderr });
}
