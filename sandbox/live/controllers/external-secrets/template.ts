import { createHash } from "node:crypto";
import { Undeliverable } from "./objects";

/** A function with the number of texts that it takes; what comes through the pipe is its last argument. */
interface Known {
  readonly takes: number;
  readonly apply: (value: string, texts: readonly string[]) => string;
}

/** Functions of Go's templates and of sprig that templates of this platform use. */
const FUNCTIONS: Readonly<Record<string, Known>> = {
  urlquery: {
    takes: 0,
    apply: (value) =>
      encodeURIComponent(value)
        .replace(/[!'()*]/g, percent)
        .replaceAll("%20", "+"),
  },
  // strings.Replace(value, old, new, -1)
  replace: { takes: 2, apply: (value, [old = "", by = ""]) => value.replaceAll(old, () => by) },
  sha256sum: { takes: 0, apply: (value) => createHash("sha256").update(value).digest("hex") },
  b64enc: { takes: 0, apply: (value) => Buffer.from(value, "utf8").toString("base64") },
};

const ACTION = /\{\{(.*?)\}\}/gs;
const FIELD = /^\s*\.([A-Za-z_]\w*)((?:\s*\|\s*\w+(?:\s+"[^"\\]*")*)*)\s*$/;
const STEP = /\|\s*(\w+)((?:\s+"[^"\\]*")*)/g;
const TEXT = /"([^"]*)"/g;

/**
 * Renders a template: text with values as in `{{ .key }}`, passed through functions as in `{{ .key | urlquery }}`.
 * Everything else that Go knows is refused rather than guessed.
 */
export function render(key: string, template: string, values: Readonly<Record<string, string>>): string {
  const rendered = template.replace(ACTION, (action, content: string) => {
    const [, field = "", pipeline = ""] = FIELD.exec(content) ?? [];
    const steps = [...pipeline.matchAll(STEP)].map(([, name = "", texts = ""]) => ({
      known: Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined,
      texts: [...texts.matchAll(TEXT)].map(([, inner = ""]) => inner),
    }));
    if (field === "" || steps.some(({ known, texts }) => known?.takes !== texts.length)) {
      throw new Undeliverable(
        `template of ${key}: the sandbox does not know ${action}; it knows {{ .key }} and the functions ${Object.keys(FUNCTIONS).join(", ")}`,
      );
    }
    const value = values[field];
    if (value === undefined) throw new Undeliverable(`template of ${key}: map has no entry for key "${field}"`);
    return steps.reduce((text, { known, texts }) => known?.apply(text, texts) ?? text, value);
  });
  if (template.replace(ACTION, "").includes("{{"))
    throw new Undeliverable(`template of ${key}: an action is not closed`);
  return rendered;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
