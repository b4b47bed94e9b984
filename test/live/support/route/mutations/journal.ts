import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { JsonObject } from "../../../../../constructs/core/json";
import { type Mutant, nameOf } from "./mutant";

/** What became of mutants, written down at once: a run that was interrupted goes on where it was. */
export class Journal {
  private readonly file: string;

  /** @param objects - what the mutants are made of: others have a file of their own */
  constructor(folder: string, objects: readonly JsonObject[]) {
    mkdirSync(folder, { recursive: true });
    this.file = path.join(folder, `${digestOf(objects)}.jsonl`);
  }

  /** Those of some mutants that were not tried yet, or that nothing explained. */
  left(mutants: readonly Mutant[]): Mutant[] {
    const explained = new Set(this.entries().flatMap(([digest, , why]) => (typeof why === "string" ? [digest] : [])));
    return mutants.filter((mutant) => !explained.has(digestOf(identityOf(mutant))));
  }

  /** @param explanation - what saw it, or why nothing could; undefined when nothing says so */
  write(mutant: Mutant, explanation: string | undefined): void {
    const entry = [digestOf(identityOf(mutant)), nameOf(mutant), explanation ?? null];
    appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  private entries(): readonly unknown[][] {
    if (!existsSync(this.file)) return [];
    return readFileSync(this.file, "utf8").split("\n").flatMap(entriesIn);
  }
}

/** The last line may have been cut off. */
function entriesIn(line: string): unknown[][] {
  try {
    const entry: unknown = JSON.parse(line);
    return Array.isArray(entry) ? [entry] : [];
  } catch {
    return [];
  }
}

/** Two edits may have one name: what they make is theirs alone. */
function identityOf({ subject, path: field, mutated }: Mutant): object {
  return [subject, field, mutated ?? null];
}

function digestOf(value: object): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
