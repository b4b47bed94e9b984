import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { escapeTemplates } from "../../../constructs/core/escape";
import { stackFolder } from "../../run/program";

const block = z.object({ to: z.string(), id: z.string() });
const imports = z.record(z.string(), z.array(block));
const synthesized = z.object({ import: z.array(block).default([]) });

/** Terraform reads every file of a stack's folder that ends so. */
const BLOCKS_FILE = "recovered.tf.json";

/**
 * Writes import blocks beside the stacks' own files, as the next synth would make them of imports.json. What depends on
 * things that are not there yet waits for them then; `terraform import` reads it at once and fails.
 *
 * @param out - folder of the synthesized program
 * @param content - content of an imports.json
 */
export function writeBlocks(out: string, content: unknown): void {
  for (const [stack, entries] of Object.entries(imports.parse(content))) {
    const folder = stackFolder(out, stack);
    const known = synthesized.parse(JSON.parse(readFileSync(path.join(folder, "cdk.tf.json"), "utf8"))).import;
    // A block that stands in the configuration already must not be there twice.
    const missing = entries.filter(({ to }) => known.every((each) => each.to !== to));
    const blocks = missing.map(({ to, id }) => ({ to, id: escapeTemplates(id) }));
    writeFileSync(path.join(folder, BLOCKS_FILE), JSON.stringify({ import: blocks }));
  }
}

/** Takes them away: once things are in the states, nothing has to be taken in. */
export function removeBlocks(out: string): void {
  const stacks = path.dirname(stackFolder(out, "any"));
  if (!existsSync(stacks)) return;
  for (const stack of readdirSync(stacks)) rmSync(path.join(stacks, stack, BLOCKS_FILE), { force: true });
}
