import { StrataError } from "../../../constructs/core/errors";
import { nearest } from "../../../constructs/core/nearest";
import type { SecretDeclaration } from "../../../constructs/core/secrets";
import { derivedKeys } from "../derive";
import type { SecretValue } from "../secret-value";
import { decide, type Refusal, type RotationSources } from "./decide";

/** A key that gets another value. */
export interface ReplacedKey {
  readonly key: string;
  /** Gives the value; called once, and not in a dry run. */
  readonly make: () => SecretValue | Promise<SecretValue>;
}

/** A key that stays as it is, and why. */
export interface KeptKey {
  readonly key: string;
  readonly reason: string;
}

/** What a rotation is to do. */
export interface RotationPlan {
  readonly replaced: readonly ReplacedKey[];
  /** Derived keys that are made anew. */
  readonly derived: readonly string[];
  /** Keys that were asked for together with the others, and cannot be rotated. */
  readonly kept: readonly KeptKey[];
}

/**
 * Decides what is rotated.
 *
 * @param named the only key to rotate; undefined for all of the path that can be
 * @throws StrataError when the named key, or no key at all, can be rotated
 */
export function planRotation(
  secret: SecretDeclaration,
  named: string | undefined,
  sources: RotationSources,
): RotationPlan {
  const { path, keys } = secret;
  const { supplied } = sources;
  if (named !== undefined) {
    const declared = keys[named];
    if (declared === undefined) throw unknownKey(secret, named);
    if (declared.kind === "derived") return { replaced: [], derived: [named], kept: [] };
  }
  const stray = [...supplied.keys()].find((target) => !targets(secret, named).includes(target));
  if (stray !== undefined) {
    const fix = `It rotates ${named === undefined ? `keys of ${path}` : `${path}:${named}`} only.`;
    throw StrataError.of({ where: `--supply ${stray}`, problem: "is for a key that is not rotated", fix });
  }
  const decisions = Object.entries(keys)
    .filter(([key, { kind }]) => (named === undefined ? kind !== "derived" : key === named))
    .map(([key, declared]) => ({ key, decision: decide(secret, key, declared, sources) }));
  const replaced = decisions.flatMap(({ key, decision }) => ("make" in decision ? [{ key, ...decision }] : []));
  const refused = decisions.flatMap(({ key, decision }) => ("make" in decision ? [] : [{ key, ...decision }]));
  if (replaced.length === 0) throw nothingToRotate(secret, refused);
  const changed = new Set(replaced.map(({ key }) => key));
  return {
    replaced,
    derived: derivedKeys(secret).flatMap(({ key, sources }) =>
      sources.some((each) => changed.has(each)) ? [key] : [],
    ),
    kept: refused.map(({ key, problem }) => ({ key, reason: problem })),
  };
}

function targets({ path, keys }: SecretDeclaration, named: string | undefined): readonly string[] {
  return (named === undefined ? Object.keys(keys) : [named]).map((key) => `${path}:${key}`);
}

function unknownKey({ path, keys }: SecretDeclaration, key: string): StrataError {
  const fix = `Declared are: ${nearest(key, Object.keys(keys), 5).join(", ")}.`;
  return StrataError.of({ where: path, problem: "no such key is declared", value: key, fix });
}

function nothingToRotate({ path }: SecretDeclaration, refused: readonly (Refusal & { readonly key: string })[]) {
  if (refused.length === 0) {
    return StrataError.of({ where: path, problem: "has no key that can be rotated", fix: "Name another path." });
  }
  return new StrataError(
    refused.map(({ key, problem, fix }) => ({
      where: `${path} ${key}`,
      problem: `cannot be rotated: ${problem}`,
      fix,
    })),
  );
}
