import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";

/** Empties the folder into which the wrapper writes what Terraform prints as errors, a file for each stack. */
export function resetErrors(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

/** Terraform's errors by stack. It prints them last, so all that follows the first belongs to them. */
export function readErrors(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const lines = plain(readFileSync(path.join(folder, name), "utf8")).split("\n");
    const first = lines.findIndex((line) => /^\s*[│╷]?\s*Error:/.test(line));
    if (first >= 0) found.set(path.basename(name, ".log"), tidy(lines.slice(first)));
  }
  return found;
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
