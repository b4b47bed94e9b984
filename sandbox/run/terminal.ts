import pc from "picocolors";

/** Where the sandbox talks to a person: colour and moving lines on a terminal only. */
export interface Terminal {
  readonly live: boolean;
  readonly color: ReturnType<typeof pc.createColors>;
  write(text: string): void;
  line(text?: string): void;
}

/** The terminal of this process. */
export function openTerminal(
  stream: NodeJS.WriteStream = process.stdout,
  env: NodeJS.ProcessEnv = process.env,
): Terminal {
  const live = stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb" && env.CI === undefined;
  return {
    live,
    color: pc.createColors(live),
    write: (text) => void stream.write(text),
    line: (text = "") => void stream.write(`${text}\n`),
  };
}

/** Seconds as people read them. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** A table: every column as wide as its widest cell; columns of numbers stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const numeric = head.map((_, column) => rows.length > 0 && rows.every((row) => isNumeric(row[column])));
  return cells.map((row) =>
    row
      .map((cell, column) => (numeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

function isNumeric(cell: string | number | undefined): boolean {
  return typeof cell === "number" || /^[\d,.]+( s)?$/.test(cell ?? "");
}
