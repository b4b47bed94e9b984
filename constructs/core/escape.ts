/**
 * Terraform reads `${` and `%{` as templates wherever they stand in a string. This is the one place where text that
 * is meant literally (Helm values, manifests, scripts, rule expressions) is escaped.
 */
export function escapeTemplates(text: string): string {
  // Replacements are functions: in a replacement text `$$` means a single `$`.
  return text.replaceAll("${", () => "$${").replaceAll("%{", () => "%%{");
}

/** The reverse of {@link escapeTemplates}. */
export function unescapeTemplates(text: string): string {
  return text.replaceAll("$${", () => "${").replaceAll("%%{", () => "%{");
}
