import { type Issue, StrataError } from "../../../constructs/core/errors";
import type { SecretDeclaration, SecretKey } from "../../../constructs/core/secrets";
import type { OutputReader } from "../../terraform/outputs";
import { generate } from "../generate";
import type { SecretValue } from "../secret-value";
import type { Supplied } from "../supply";
import { fromOutput } from "../values";
import type { ReplacedKey } from "./plan";

/** Where new values come from that are not made up. */
export interface RotationSources {
  /** Of a person. */
  readonly supplied: Supplied;
  /** Of the stacks that some are outputs of. */
  readonly outputs: OutputReader;
}

/** Why a key stays as it is, and what its owner can do. */
export type Refusal = Omit<Issue, "where">;

/** Where another value of a key comes from, or why there is none. */
export function decide(
  { path }: SecretDeclaration,
  key: string,
  declared: SecretKey,
  { supplied, outputs }: RotationSources,
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
    case "output":
      return { make: () => copied(path, key, declared, outputs) };
    case "derived":
      return { problem: "it follows from other keys", fix: "Rotate those." };
  }
}

/** What the stack's state has now: its owner made another one, and applied the stack so that it knows. */
async function copied(
  path: string,
  key: string,
  declared: Extract<SecretKey, { kind: "output" }>,
  outputs: OutputReader,
): Promise<SecretValue> {
  const found = await fromOutput(declared, outputs);
  if ("value" in found) return found.value;
  const fix = `Apply it: npx cdktf deploy ${declared.stack}`;
  throw StrataError.of({ where: `${path} ${key}`, problem: `is ${found.missing}`, fix });
}
