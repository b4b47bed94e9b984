import { readFileSync } from "node:fs";
import path from "node:path";
import type { Issue } from "../../constructs/core/errors";
import type { Session } from "../session";
import { SecretValue } from "./secret-value";

/** Why a value could not be read. */
export type SourceProblem = Omit<Issue, "where">;

/**
 * Reads a value from where an option says, as in `@FILE` or `env:VARIABLE`.
 *
 * @param fix how the option is written
 */
export function readSource(source: string, { cwd, env }: Session, fix: string): SecretValue | SourceProblem {
  if (source.startsWith("@")) return fromFile(path.resolve(cwd, source.slice(1)));
  if (!source.startsWith("env:")) {
    return { problem: "the value stands on the command line, where others see it", fix };
  }
  const name = source.slice("env:".length);
  const value = env[name];
  return value ? new SecretValue(value) : { problem: `the variable ${name} is not set or empty`, fix: "Set it." };
}

function fromFile(file: string): SecretValue | SourceProblem {
  try {
    // Editors and `echo` end a file with a line break that belongs to no password.
    const value = readFileSync(file, "utf8").replace(/\r?\n$/, "");
    return value === "" ? { problem: `${file} is empty`, fix: "Write the value into it." } : new SecretValue(value);
  } catch {
    return { problem: `${file} cannot be read`, fix: "Name a file that is there." };
  }
}
