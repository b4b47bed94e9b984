import { generateKeyPairSync, type KeyObject, randomInt } from "node:crypto";
import type { GenerationRule, KeyPairRule, TextRule } from "../../constructs/core/secrets";
import { SecretValue } from "./secret-value";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/**
 * The characters of each alphabet. Letters and digits only: the other URL-safe characters (`-._~`) would let a value
 * start like a command-line option.
 */
const ALPHABETS: Readonly<Record<TextRule["alphabet"], string>> = {
  "url-safe": `${LETTERS}${LETTERS.toUpperCase()}0123456789`,
  hex: "0123456789abcdef",
};

const KEY_PAIRS: Readonly<Record<KeyPairRule["keyPair"], () => { readonly privateKey: KeyObject }>> = {
  ed25519: () => generateKeyPairSync("ed25519"),
  "ecdsa-p256": () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "rsa-4096": () => generateKeyPairSync("rsa", { modulusLength: 4096 }),
};

/** Makes up a value. */
export function generate(rule: GenerationRule): SecretValue {
  return new SecretValue("keyPair" in rule ? privateKey(rule) : text(rule));
}

/** `randomInt` is cryptographic and without bias for any number of characters. */
function text({ alphabet, length }: TextRule): string {
  const characters = ALPHABETS[alphabet];
  return Array.from({ length }, () => characters.charAt(randomInt(characters.length))).join("");
}

function privateKey({ keyPair }: KeyPairRule): string {
  return KEY_PAIRS[keyPair]().privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
