import type { Finding } from "./rules";
import type { SecretKey } from "./secrets";

/**
 * What a template can do with a value, and how many texts each takes beside it. Names and results are those of External
 * Secrets' templates, as far as it has them: what is derived here and what is rendered in a cluster agree.
 */
const FUNCTION_ARGUMENTS = { urlquery: 0, replace: 2, b64enc: 0, sha256sum: 0, publicKey: 0 } as const;

/**
 * - `urlquery`: escaped for the query of a URL, a space as `+`; for any other part see {@link urlPart}
 * - `replace "old" "new"`: every occurrence
 * - `b64enc`: Base64
 * - `sha256sum`: SHA-256 in hexadecimal
 * - `publicKey`: the public half of a private key in PEM, in PEM too
 */
export type TemplateFunction = keyof typeof FUNCTION_ARGUMENTS;

/** A function with the texts that it takes beside the value. */
export interface TemplateCall {
  readonly name: TemplateFunction;
  readonly texts: readonly string[];
}

/** A piece of a template: text as it is, or the value of a key with what is done to it, in order. */
export type TemplatePart = string | { readonly key: string; readonly calls: readonly TemplateCall[] };

/** A text that is no template. */
export class TemplateProblem extends Error {}

/**
 * The value of a key, escaped for any part of a URL. Go's `urlquery` writes a space as `+`, which means itself in a
 * login and in a path; a `+` of the value is `%2B` by then.
 *
 * @see https://pkg.go.dev/net/url#QueryEscape
 */
export function urlPart(key: string): string {
  return `{{ .${key} | urlquery | replace "+" "%20" }}`;
}

/**
 * Reads a template, as in `postgresql://{{ .user }}:{{ .password | urlquery | replace "+" "%20" }}@host`.
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

/** A text in quotes, which holds neither a quote nor a backslash. */
const TEXT = /"([^"\\]*)"/g;

function action(text: string): TemplatePart {
  // A bar inside quotes is text.
  const [source = "", ...steps] = text.split(/\|(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((word) => word.trim());
  const key = /^\.([\w-]+)$/.exec(source)?.[1];
  if (key === undefined) throw new TemplateProblem("has braces without a key, which starts with a dot");
  return { key, calls: steps.map(call) };
}

function call(step: string): TemplateCall {
  const [, name = "", rest = ""] = /^(\w*)(.*)$/s.exec(step) ?? [];
  if (!isFunction(name)) throw new TemplateProblem(`asks for the function ${name || "without a name"}`);
  const texts = [...rest.matchAll(TEXT)].map(([, inner = ""]) => inner);
  const wanted = FUNCTION_ARGUMENTS[name];
  if (texts.length === wanted && rest.replaceAll(TEXT, "").trim() === "") return { name, texts };
  throw new TemplateProblem(
    `gives ${name} something else than ${wanted === 0 ? "nothing" : `${wanted} texts in quotes`}`,
  );
}

function isFunction(name: string): name is TemplateFunction {
  return Object.hasOwn(FUNCTION_ARGUMENTS, name);
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
      const functions = Object.keys(FUNCTION_ARGUMENTS).join(" or ");
      return [finding(error.message, `Write {{ .key }} or {{ .key | ${functions} }}.`)];
    }
  });
}
