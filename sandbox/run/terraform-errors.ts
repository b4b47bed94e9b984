import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";

/** Empties the folder into which the wrapper writes what Terraform prints as errors, a file for each stack. */
export function resetErrors(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

/** Terraform's errors by stack. */
export function readErrors(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const errors = errorsIn(readFileSync(path.join(folder, name), "utf8"));
    if (errors !== "") found.set(path.basename(name, ".log"), errors);
  }
  return found;
}

/** The errors in what Terraform printed. It prints them last, so all that follows the first belongs to them. */
export function errorsIn(output: string): string {
  const lines = plain(output).split("\n");
  const first = lines.findIndex((line) => /^\s*[│╷]?\s*Error:/.test(line));
  return first < 0 ? "" : tidy(lines.slice(first));
}

/** The text without the colours that Terraform gives its own terminal. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
}

function tidy(lines: readonly string[]): string {
  const bare = lines.map((line) => line.replace(/^\s*[│╷╵]\s?/, "").trimEnd());
  return bare
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
