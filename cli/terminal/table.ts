/** Widest a cell may get before its text goes on in the next line. */
const CELL_WIDTH = 44;

/** Renders rows in columns; long cells wrap at spaces. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(wrap));
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...cells.flatMap((row) => row[column] ?? []).map((line) => line.length), 0),
  );
  return cells
    .flatMap((row) => {
      const height = Math.max(...row.map((lines) => lines.length));
      return Array.from({ length: height }, (_, line) => row.map((lines) => lines[line] ?? ""));
    })
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < CELL_WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
