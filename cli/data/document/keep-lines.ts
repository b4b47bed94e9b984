import { diffLines } from "./diff";

/**
 * Lays a change over a text as its author wrote it. The library writes a document in its own manner (spaces in braces,
 * indented lists); lines that the change leaves alone keep their author's.
 *
 * @param original what the author wrote
 * @param base the same as the library writes it
 * @param changed that with the change
 */
export function keepLines(original: string, base: string, changed: string): string {
  if (base === original) return changed;
  const written = original.split("\n");
  const rewritten = base.split("\n");
  const sources = sourceLines(written, rewritten);
  if (sources === undefined) return changed;
  return diffLines(base, changed)
    .flatMap(({ mark, text, old }) => {
      if (mark === "-") return [];
      const source = mark === " " && old !== undefined ? sources[old] : undefined;
      return source ?? [text];
    })
    .join("\n");
}

/** For each line of the library's the lines of the author's; `undefined` where they can't be matched. */
function sourceLines(
  written: readonly string[],
  rewritten: readonly string[],
): readonly (readonly string[])[] | undefined {
  const sources: string[][] = [];
  let next = 0;
  const emptyLines = (): string[] => {
    const lines: string[] = [];
    while (next < written.length && bare(written[next]) === "") lines.push(written[next++] ?? "");
    return lines;
  };
  for (const line of rewritten) {
    // The library makes one empty line of several, and one where there was none.
    const lines = emptyLines();
    if (bare(line) !== "") {
      if (bare(written[next]) !== bare(line)) return undefined;
      lines.push(written[next++] ?? "");
    }
    sources.push(lines);
  }
  const rest = written.slice(next);
  if (rest.some((line) => bare(line) !== "")) return undefined;
  return sources;
}

/** A line without what the library may write in another way. */
function bare(line: string | undefined): string {
  return (line ?? "").replaceAll(/[\s"']/g, "");
}
