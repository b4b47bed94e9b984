/** The texts that stand in a list more than once, each named once. */
export function repeated(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
}

/** Order by code units: a locale's order differs between machines, and its rules take long to load. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
