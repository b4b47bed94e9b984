/** Reads a document by its schema. */
import type * as z from "zod/mini";
import type { Issue } from "../../constructs/core/errors";
import type { Json } from "../../constructs/core/json";
import type { Report } from "../resolve/report";
import { issueAt, problemsOf } from "./problems";
import { salvage } from "./salvage";
import type { Source } from "./source";

/** What became of a document: with issues, it is what could be saved of it. */
export interface Read<T> {
  readonly document: T | undefined;
  readonly damaged: ReadonlySet<string>;
  readonly issues: readonly Issue[];
}

/** Reads a document; it never throws. Where it could not be read, `report` stays silent from now on. */
export function read<T>(
  source: Source,
  schema: z.ZodMiniType<T>,
  spare: { readonly [key: string]: Json },
  report: Report,
): Read<T> {
  const none = { document: undefined, damaged: new Set<string>() };
  const { data } = source;
  if (data === undefined) return { ...none, issues: source.issues };
  if (data === null) {
    // Only platform.yaml has what can't be left out.
    const fix =
      Object.keys(spare).length > 0
        ? "Write its settings: schema/README.md lists them, examples/minimal shows the fewest."
        : "Write its settings, {} to take all from its profile, or delete it.";
    return { ...none, issues: [{ where: source.file, problem: "the file is empty", fix }] };
  }
  try {
    const result = schema.safeParse(data);
    if (result.success) return { document: result.data, damaged: none.damaged, issues: [] };
    const problems = problemsOf(result.error.issues, data);
    for (const { path, harmless } of problems) if (!harmless) report.silence({ source, path });
    return { ...salvage(schema, data, spare), issues: problems.map((problem) => issueAt(source, problem)) };
  } catch (error) {
    // Only a document nested thousands of levels deep gets here: the checks are recursive.
    const problem = `can't be checked: ${error instanceof Error ? error.message : String(error)}`;
    return { ...none, issues: [{ where: source.file, problem, fix: "Simplify the file." }] };
  }
}
