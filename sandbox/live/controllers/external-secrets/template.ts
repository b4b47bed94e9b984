import { createHash } from "node:crypto";
import { Undeliverable } from "./objects";

/** Functions of Go's templates and of sprig that templates of this platform use. */
const FUNCTIONS: Readonly<Record<string, (value: string) => string>> = {
  urlquery: (value) =>
    encodeURIComponent(value)
      .replace(/[!'()*]/g, percent)
      .replaceAll("%20", "+"),
  sha256sum: (value) => createHash("sha256").update(value).digest("hex"),
  b64enc: (value) => Buffer.from(value, "utf8").toString("base64"),
};

const ACTION = /\{\{(.*?)\}\}/gs;
const FIELD = /^\s*\.([A-Za-z_]\w*)((?:\s*\|\s*\w+)*)\s*$/;

/**
 * Renders a template: text with values as in `{{ .key }}`, passed through functions as in `{{ .key | urlquery }}`.
 * Everything else that Go knows is refused rather than guessed.
 */
export function render(key: string, template: string, values: Readonly<Record<string, string>>): string {
  const rendered = template.replace(ACTION, (action, content: string) => {
    const [, field = "", pipeline = ""] = FIELD.exec(content) ?? [];
    const names = pipeline
      .split("|")
      .map((name) => name.trim())
      .filter(Boolean);
    if (field === "" || names.some((name) => FUNCTIONS[name] === undefined)) {
      throw new Undeliverable(
        `template of ${key}: the sandbox does not know ${action}; it knows {{ .key }} and the functions ${Object.keys(FUNCTIONS).join(", ")}`,
      );
    }
    const value = values[field];
    if (value === undefined) throw new Undeliverable(`template of ${key}: map has no entry for key "${field}"`);
    return names.reduce((text, name) => FUNCTIONS[name]?.(text) ?? text, value);
  });
  if (template.replace(ACTION, "").includes("{{"))
    throw new Undeliverable(`template of ${key}: an action is not closed`);
  return rendered;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
