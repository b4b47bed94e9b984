import type { Declarations } from "../../cli/secrets/declarations";
import { parseTemplate } from "../../constructs/core/secret-template";
import type { SecretDeclaration, SecretKey } from "../../constructs/core/secrets";
import type { Canary } from "./secret";

/**
 * Every secret value that an engine holds, by its path and key. Fixed values are public, and so is what is derived from
 * them alone, and the public half of a key.
 *
 * @param values what stands at a path; undefined for a path that is not there
 */
export function vaultCanaries(
  { secrets }: Pick<Declarations, "secrets">,
  values: (path: string) => Readonly<Record<string, unknown>> | undefined,
): readonly Canary[] {
  return secrets.flatMap(({ path, keys }) => {
    const stored = values(path) ?? {};
    return Object.entries(keys).flatMap(([key, declared]) => {
      const value = stored[key];
      if (typeof value !== "string" || value === "" || isPublic(declared, keys)) return [];
      return [{ id: `${path}:${key}`, value, wholeOnly: declared.kind === "derived" }];
    });
  });
}

/** The secret keys that have no value, as `path:key`: what a test that looks for values would overlook. */
export function withoutValue(
  { secrets }: Pick<Declarations, "secrets">,
  canaries: readonly Canary[],
): readonly string[] {
  const known = new Set(canaries.map(({ id }) => id));
  return secrets.flatMap(({ path, keys }) =>
    Object.entries(keys).flatMap(([key, declared]) =>
      isPublic(declared, keys) || known.has(`${path}:${key}`) ? [] : [`${path}:${key}`],
    ),
  );
}

function isPublic(declared: SecretKey, keys: SecretDeclaration["keys"]): boolean {
  if (declared.kind === "fixed") return true;
  if (declared.kind !== "derived") return false;
  return parseTemplate(declared.template).every(
    (part) =>
      typeof part === "string" ||
      keys[part.key]?.kind === "fixed" ||
      part.calls.some(({ name }) => name === "publicKey"),
  );
}
