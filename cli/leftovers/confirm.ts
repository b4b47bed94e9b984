import { StrataError } from "../../constructs/core/errors";
import type { Session } from "../session";
import type { Volume } from "./model";
import { volumeText } from "./report";

/** Has a person agree that volumes of a cluster are deleted with their data; throws when nobody does. */
export type Confirm = (cluster: string, volumes: readonly Volume[]) => Promise<void>;

/** Asks one question; answers what was typed. */
export type Ask = (message: string) => Promise<string>;

/** What agrees without a question, and whether one may be asked. */
export interface ConfirmOptions {
  /** Clusters that were named beforehand. */
  readonly yes: readonly string[];
  readonly json?: boolean;
}

/** Shows the volumes and has the name of their cluster typed, unless it was named beforehand. */
export function confirmRelease(
  { terminal }: Session,
  { yes, json }: ConfirmOptions,
  ask: Ask = askOnTerminal,
): Confirm {
  return async (cluster, volumes) => {
    if (yes.includes(cluster)) return;
    const where = `cluster ${cluster}`;
    if (!terminal.interactive || json) {
      const fix = `Add --yes ${cluster} to release them without a question.`;
      throw StrataError.of({ where, problem: `nobody confirms that ${volumes.length} volumes are deleted`, fix });
    }
    terminal.err(`\nThese volumes of ${cluster} are deleted with all that is on them:`);
    for (const volume of volumes) terminal.err(`  ${volume.name}: ${volumeText(volume)}`);
    const typed = await ask(`Type the name of the cluster (${cluster}) to delete them`);
    if (typed.trim() === cluster) return;
    throw StrataError.of({ where, problem: "its name was not typed", fix: "Nothing was released." });
  };
}

async function askOnTerminal(message: string): Promise<string> {
  const { input } = await import("@inquirer/prompts");
  // On stderr: stdout may be a pipe that wants the result only.
  return input({ message }, { output: process.stderr });
}
