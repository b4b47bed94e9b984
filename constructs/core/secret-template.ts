import type { Finding } from "./rules";
import type { SecretKey } from "./secrets";

/** What a template can do with a value; the names are those of External Secrets' templates, as far as it has them. */
export const TEMPLATE_FUNCTIONS = ["urlquery", "b64enc", "sha256sum", "publicKey"] as const;

/**
 * - `urlquery`: escaped for any part of a URL
 * - `b64enc`: Base64
 * - `sha256sum`: SHA-256 in hexadecimal
 * - `publicKey`: the public half of a private key in PEM, in PEM too
 */
export type TemplateFunction = (typeof TEMPLATE_FUNCTIONS)[number];

/** A piece of a template: text as it is, or the value of a key with what is done to it, in order. */
export type TemplatePart = string | { readonly key: string; readonly functions: readonly TemplateFunction[] };

/** A text that is no template. */
export class TemplateProblem extends Error {}

/**
 * Reads a template, as in `postgresql://{{ .user | urlquery }}:{{ .password | urlquery }}@host`.
 *
 * @throws TemplateProblem which says what is wrong with it
 */
export function parseTemplate(template: string): readonly TemplatePart[] {
  // The odd pieces are what stands between braces.
  return template.split(/\{\{(.*?)\}\}/s).flatMap((piece, index): TemplatePart[] => {
    if (index % 2 === 1) return [action(piece)];
    if (piece.includes("{{") || piece.includes("}}")) throw new TemplateProblem("has braces without their other half");
    return piece === "" ? [] : [piece];
  });
}

/** The keys that a template names, each once. */
export function templateKeys(template: string): readonly string[] {
  return [...new Set(parseTemplate(template).flatMap((part) => (typeof part === "string" ? [] : [part.key])))];
}

function action(text: string): TemplatePart {
  const [source = "", ...names] = text.split("|").map((word) => word.trim());
  const key = /^\.([\w-]+)$/.exec(source)?.[1];
  if (key === undefined) throw new TemplateProblem("has braces without a key, which starts with a dot");
  const functions = names.filter(isFunction);
  const unknown = names.find((name) => !isFunction(name));
  if (unknown !== undefined) throw new TemplateProblem(`asks for the function ${unknown || "without a name"}`);
  return { key, functions };
}

function isFunction(name: string): name is TemplateFunction {
  return TEMPLATE_FUNCTIONS.some((known) => known === name);
}

/** What is wrong with the derived keys of a path. */
export function checkDerivedKeys(keys: Readonly<Record<string, SecretKey>>): Finding[] {
  return Object.entries(keys).flatMap(([key, declared]) => {
    if (declared.kind !== "derived") return [];
    const finding = (problem: string, fix: string): Finding => ({ problem: `the template of ${key} ${problem}`, fix });
    try {
      const sources = templateKeys(declared.template);
      if (sources.length === 0) return [finding("names no key", "Declare what is always the same as fixed.")];
      return sources.flatMap((source) => {
        const kind = keys[source]?.kind;
        if (kind === undefined) return [finding(`names ${source}`, `Declared are: ${Object.keys(keys).join(", ")}.`)];
        if (kind !== "derived") return [];
        return [finding(`names ${source}, which is derived itself`, "Derive both from the same keys.")];
      });
    } catch (error) {
      if (!(error instanceof TemplateProblem)) throw error;
      return [finding(error.message, `Write {{ .key }} or {{ .key | ${TEMPLATE_FUNCTIONS.join(" or ")} }}.`)];
    }
  });
}
