/** The candidates that differ least from a text, best first. */
export function nearest(text: string, candidates: Iterable<string>, count = 3): string[] {
  return [...candidates]
    .map((candidate) => ({ candidate, distance: editDistance(text, candidate) }))
    .sort((a, b) => a.distance - b.distance || a.candidate.localeCompare(b.candidate))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** Levenshtein distance, row by row. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const [diagonal = 0, above = 0, left = 0] = [previous[column - 1], previous[column], current[column - 1]];
      current.push(Math.min(diagonal + (a[row - 1] === b[column - 1] ? 0 : 1), above + 1, left + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
