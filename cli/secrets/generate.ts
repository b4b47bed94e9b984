import { randomInt } from "node:crypto";
import type { GenerationRule } from "../../constructs/core/secrets";
import { SecretValue } from "./secret-value";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/**
 * The characters of each alphabet. Letters and digits only: the other URL-safe characters (`-._~`) would let a value
 * start like a command-line option.
 */
const ALPHABETS: Readonly<Record<GenerationRule["alphabet"], string>> = {
  "url-safe": `${LETTERS}${LETTERS.toUpperCase()}0123456789`,
  hex: "0123456789abcdef",
};

/** Makes up a value. `randomInt` is cryptographic and without bias for any number of characters. */
export function generate(rule: GenerationRule): SecretValue {
  const characters = ALPHABETS[rule.alphabet];
  return new SecretValue(
    Array.from({ length: rule.length }, () => characters.charAt(randomInt(characters.length))).join(""),
  );
}
