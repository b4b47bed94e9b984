import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { StrataError } from "../../constructs/core/errors";

const schema = z.object({
  stacks: z.record(z.string(), z.object({ workingDirectory: z.string(), dependencies: z.array(z.string()) })),
});

/** A stack of a synthesized program. */
export interface ManifestStack {
  readonly id: string;
  /** Its folder below the output folder, as in `stacks/l1-edge-acme-example`. */
  readonly folder: string;
  readonly dependencies: readonly string[];
}

/** Reads the stacks and their dependencies from cdktf's manifest, sorted by id. */
export function readManifest(folder: string): readonly ManifestStack[] {
  const file = path.join(folder, "manifest.json");
  const parsed = schema.safeParse(parse(file));
  if (!parsed.success) {
    throw StrataError.of({ where: file, problem: "is not a manifest of cdktf", fix: "Run `npm run synth` again." });
  }
  return Object.entries(parsed.data.stacks)
    .map(([id, stack]) => ({
      id,
      folder: stack.workingDirectory,
      dependencies: [...new Set(stack.dependencies)].sort(),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function parse(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw StrataError.of({ where: file, problem: "is not there", fix: "Run `npm run synth` first, or give --dir." });
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
