/**
 * A look at expressions of Cloudflare's rules language: no parser, but enough to see which fields and operators one uses.
 *
 * @see https://developers.cloudflare.com/ruleset-engine/rules-language/expressions/
 */

/** Words of the language that are no fields. */
const WORDS = new Set(
  "and or not xor eq ne lt le gt ge contains wildcard strict matches in true false any all".split(" "),
);

/** Fields that an expression names, each once. */
export function fieldsOf(expression: string): string[] {
  // The letters of an IPv6 address are no names.
  const code = withoutTexts(expression).replaceAll(/\b[0-9a-f]{0,4}:[0-9a-f:.]*/g, " ");
  // A name before a bracket is a function, one behind `$` a list.
  const names = code.matchAll(/(?<![$\w.])([a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*)(?!\w|\.)(?!\s*\()/g);
  const found = [...names].map((match) => match[1] ?? "").filter((name) => !WORDS.has(name));
  return [...new Set(found)].sort();
}

/** Whether an expression uses regular expressions. */
export function usesRegex(expression: string): boolean {
  return /\bmatches\b|~|\bregex_replace\s*\(/.test(withoutTexts(expression));
}

/** Whether brackets and quotes close. */
export function isBalanced(expression: string): boolean {
  const code = withoutTexts(expression);
  let depth = 0;
  for (const sign of code) {
    if (sign === "(") depth++;
    if (sign === ")") depth--;
    if (depth < 0) return false;
  }
  return depth === 0 && !code.replaceAll('""', "").includes('"');
}

/** Texts in quotes, plain or raw, emptied: what stands in them is no code. */
function withoutTexts(expression: string): string {
  return expression.replaceAll(/r(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"/g, '""');
}
