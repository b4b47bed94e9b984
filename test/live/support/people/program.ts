import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { App } from "cdktf";
import { parse, stringify } from "yaml";
import { renderProgram } from "../../../../constructs/core/synth";
import { writeProgram } from "../../../../constructs/core/synth/output";
import { loadPlatform } from "../../../../schema/load";
import { describeProgram } from "../../../../stacks/description";
import { buildProgram } from "../../../../stacks/program";

type Document = Readonly<Record<string, unknown>>;

/** A configuration: documents by file, laid over those of the example organisation key by key. */
export type Changes = Readonly<Record<string, Document>>;

/** Writes the example organisation with changes. */
export function writeConfiguration(example: string, folder: string, changes: Changes): void {
  mkdirSync(folder, { recursive: true });
  cpSync(example, folder, { recursive: true });
  for (const [file, change] of Object.entries(changes)) {
    const target = path.join(folder, file);
    writeFileSync(target, stringify({ ...read(target), ...change }));
  }
}

/** Synthesizes a configuration as `npm run synth` does, but for its check of types. */
export function synthesizeHere(config: string, out: string): void {
  const app = new App({ outdir: out, stackTraces: false });
  const program = buildProgram(app, loadPlatform(config), { localState: true });
  writeProgram(app, renderProgram(app, { complete: program.complete }), describeProgram(program));
}

function read(file: string): Record<string, unknown> {
  try {
    return parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  } catch {
    // A new one.
    return {};
  }
}
