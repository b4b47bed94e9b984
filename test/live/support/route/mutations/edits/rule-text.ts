import type { Rule } from "../../../../../../cli/smoke/program/rule";

/** A rule as text, with brackets around everything that is joined. */
export function textOf(rule: Rule): string {
  if (rule.kind === "matcher") return `${rule.name}(${rule.values.map((value) => `\`${value}\``).join(", ")})`;
  if (rule.kind === "not") return `!${bracketed(rule.of)}`;
  return rule.of.map(bracketed).join(rule.kind === "all" ? " && " : " || ");
}

function bracketed(rule: Rule): string {
  return rule.kind === "matcher" ? textOf(rule) : `(${textOf(rule)})`;
}
