import { type Issue, StrataError } from "../../../constructs/core/errors";
import { nearest } from "../../../constructs/core/nearest";
import type { SecretDeclaration, SecretKey } from "../../../constructs/core/secrets";
import { derivedKeys } from "../derive";
import { generate } from "../generate";
import type { SecretValue } from "../secret-value";
import type { Supplied } from "../supply";

/** A key that gets another value. */
export interface ReplacedKey {
  readonly key: string;
  /** Gives the value; called once, and not in a dry run. */
  readonly make: () => SecretValue;
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
 * @param supplied new values of a person
 * @throws StrataError when the named key, or no key at all, can be rotated
 */
export function planRotation(secret: SecretDeclaration, named: string | undefined, supplied: Supplied): RotationPlan {
  const { path, keys } = secret;
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
    .map(([key, declared]) => ({ key, decision: decide(secret, key, declared, supplied) }));
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

type Refusal = Omit<Issue, "where">;

function decide(
  { path }: SecretDeclaration,
  key: string,
  declared: SecretKey,
  supplied: Supplied,
): Pick<ReplacedKey, "make"> | Refusal {
  switch (declared.kind) {
    case "generated":
      if (declared.permanent === undefined) return { make: () => generate(declared.rule) };
      return { problem: `it must never change: ${declared.permanent}`, fix: "" };
    case "supplied": {
      const value = supplied.get(`${path}:${key}`);
      if (value !== undefined) return { make: () => value };
      const fix = `Add --supply ${path}:${key}=@FILE or ${path}:${key}=env:VARIABLE.`;
      return { problem: "its value comes from a person, and none was given", fix };
    }
    case "fixed":
      return { problem: "its value stands in the configuration", fix: "Change it there." };
    case "output": {
      const fix = `Replace it there, then: vault kv patch -mount=secret ${path} ${key}=@FILE`;
      return { problem: `its value is the output ${declared.output} of ${declared.stack}`, fix };
    }
    case "derived":
      return { problem: "it follows from other keys", fix: "Rotate those." };
  }
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
