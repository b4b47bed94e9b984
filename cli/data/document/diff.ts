/** A line of a comparison: in both texts, only in the old one, or only in the new one. */
export interface DiffLine {
  readonly mark: " " | "-" | "+";
  readonly text: string;
  /** Number of the line in the old text, from 0. @default - it is not there */
  readonly old?: number;
}

/** Compares two texts line by line: what they share is the longest sequence of equal lines. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const old = before.split("\n");
  const fresh = after.split("\n");
  const shared = commonLengths(old, fresh);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    const [left, right] = [old[i], fresh[j]];
    if (left !== undefined && left === right) {
      lines.push({ mark: " ", text: left, old: i++ });
      j++;
    } else if (left !== undefined && (right === undefined || at(shared, i + 1, j) >= at(shared, i, j + 1))) {
      lines.push({ mark: "-", text: left, old: i++ });
    } else lines.push({ mark: "+", text: fresh[j++] ?? "" });
  }
  return lines;
}

/** The changed lines with three around each, as `diff -u` shows them; empty where nothing differs. */
export function renderDiff(before: string, after: string, paint: (line: string) => string = (line) => line): string {
  const lines = diffLines(before, after);
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - 3), index + 4).some(({ mark }) => mark !== " "));
  return lines
    .flatMap(({ mark, text }, index) => {
      if (near[index]) return [paint(`${mark}${text}`)];
      // One mark for each stretch that is left out between others.
      return near[index - 1] && near.slice(index).includes(true) ? ["..."] : [];
    })
    .join("\n");
}

/** Lengths of the longest common sequences of what is left from each pair of lines on. */
function commonLengths(old: readonly string[], fresh: readonly string[]): readonly (readonly number[])[] {
  const table = Array.from({ length: old.length + 1 }, () => new Array<number>(fresh.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      const row = table[i];
      if (row === undefined) continue;
      row[j] = old[i] === fresh[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function at(table: readonly (readonly number[])[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}
