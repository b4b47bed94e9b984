import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import type { Import, Imports } from "../../constructs/core/imports";
import { compareTexts } from "../../constructs/core/texts";
import { IMPORTS_FILE, loadImports } from "../../schema/imports";

/** `imports.json` of a configuration. */
export interface ImportsFile {
  readonly file: string;
  readonly imports: Imports;
}

/** Reads it; the folder must be that of a configuration, which it is written into. */
export function readImportsFile(config: string): ImportsFile {
  if (!existsSync(path.join(config, "platform.yaml"))) {
    const fix = "Name the folder of platform.yaml with --config or STRATA_CONFIG.";
    throw StrataError.of({ where: config, problem: "there is no configuration here", fix });
  }
  return { file: path.join(config, IMPORTS_FILE), imports: loadImports(config) };
}

/** Replaces the file in one step, or removes it when nothing is left to import. Equal imports give equal bytes. */
export function writeImportsFile(file: string, imports: Imports): void {
  const text = render(imports);
  const known = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (known === text) return;
  try {
    if (text === undefined) {
      rmSync(file);
      return;
    }
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch {
    throw StrataError.of({ where: file, problem: "cannot be written", fix: "Check the rights of its folder." });
  }
}

function render(imports: Imports): string | undefined {
  const filled = Object.entries(imports).filter(([, entries]) => entries.length > 0);
  const sorted = filled.sort(([a], [b]) => compareTexts(a, b)).map(([stack, entries]) => [stack, inOrder(entries)]);
  return sorted.length === 0 ? undefined : `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`;
}

function inOrder(entries: readonly Import[]): readonly Import[] {
  return [...entries].sort((a, b) => compareTexts(a.to, b.to)).map(({ to, id }) => ({ to, id }));
}
