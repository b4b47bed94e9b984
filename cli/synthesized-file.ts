import { readFileSync } from "node:fs";
import { StrataError } from "../constructs/core/errors";

/**
 * Reads a JSON file that synth wrote beside the stacks.
 *
 * @throws StrataError when it is not there, or no JSON
 */
export function readSynthesizedFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw StrataError.of({ where: file, problem: "is not there", fix: "Run `npm run synth` first, or give --dir." });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw StrataError.of({ where: file, problem: "is not JSON", fix: "Run `npm run synth` again." });
  }
}
