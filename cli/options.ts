import { InvalidArgumentError } from "commander";

/** Parses an option that counts something. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return value;
}

/** Collects an option that may be given several times. */
export function collect(text: string, known: readonly string[]): readonly string[] {
  return [...known, text];
}
