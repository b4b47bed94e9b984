import { createHash, createPublicKey } from "node:crypto";
import { StrataError } from "../../constructs/core/errors";
import { parseTemplate, type TemplateFunction, templateKeys } from "../../constructs/core/secret-template";
import type { SecretDeclaration, SecretKey } from "../../constructs/core/secrets";
import { SecretValue } from "./secret-value";

/** A key that is made of others. */
export type DerivedKey = Extract<SecretKey, { kind: "derived" }>;

/** A value that could be derived, or the keys that it lacks for that. */
export type Derivation = { readonly value: SecretValue } | { readonly lacks: readonly string[] };

/** The derived keys of a path, each with the keys that it is made of. */
export function derivedKeys({ keys }: Pick<SecretDeclaration, "keys">) {
  return Object.entries(keys).flatMap(([key, declared]) =>
    declared.kind === "derived" ? [{ key, declared, sources: templateKeys(declared.template) }] : [],
  );
}

/**
 * Fills the template of a derived key. A value that is no text counts as one that it lacks: others may store any JSON.
 *
 * @throws StrataError when a value is nothing that can be done with it what the template says
 */
export function derive(key: string, { template }: DerivedKey, values: ReadonlyMap<string, unknown>): Derivation {
  const lacks = templateKeys(template).filter((source) => typeof values.get(source) !== "string");
  if (lacks.length > 0) return { lacks };
  const pieces = parseTemplate(template).map((part) => {
    if (typeof part === "string") return part;
    return part.calls.reduce(
      (value, { name, texts }) => FUNCTIONS[name](value, { key, source: part.key, texts }),
      String(values.get(part.key)),
    );
  });
  return { value: new SecretValue(pieces.join("")) };
}

interface Circumstances {
  /** The derived key. */
  readonly key: string;
  /** The key whose value it is made of. */
  readonly source: string;
  readonly texts: readonly string[];
}

type Apply = (value: string, circumstances: Circumstances) => string;

const FUNCTIONS: Readonly<Record<TemplateFunction, Apply>> = {
  // As Go does it: a space is `+`, and of the marks that encodeURIComponent leaves only these four are escaped.
  urlquery: (value) =>
    encodeURIComponent(value)
      .replaceAll(/[!'()*]/g, (mark) => `%${hexOf(mark)}`)
      .replaceAll("%20", "+"),
  replace: (value, { texts: [from = "", to = ""] }) => value.replaceAll(from, () => to),
  b64enc: (value) => Buffer.from(value, "utf8").toString("base64"),
  sha256sum: (value) => createHash("sha256").update(value, "utf8").digest("hex"),
  publicKey,
};

function publicKey(value: string, { key, source }: Circumstances): string {
  try {
    return createPublicKey(value).export({ type: "spki", format: "pem" }).toString();
  } catch {
    // What the library says of it may quote it.
    const problem = `${source} is no private key in PEM`;
    throw StrataError.of({ where: key, problem, fix: `${key} is the public half of it: give it a private key.` });
  }
}

function hexOf(mark: string): string {
  return mark.charCodeAt(0).toString(16).toUpperCase();
}
