import { createPrivateKey } from "node:crypto";
import { inspect } from "node:util";
import { generate } from "../../../cli/secrets/generate";
import { SecretValue } from "../../../cli/secrets/secret-value";

describe("generated values", () => {
  test.each([
    ["url-safe", 62],
    ["hex", 16],
  ] as const)("use every character of %s equally often", (alphabet, characters) => {
    const length = 200_000;
    const counts = new Map<string, number>();
    for (const character of generate({ alphabet, length }).reveal()) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect(counts.size).toBe(characters);
    // Six standard deviations: one false alarm in many millions of runs, and a modulo bias is ten times as large.
    const expected = length / characters;
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });

  it("have the length of the rule and differ", () => {
    const values = Array.from({ length: 100 }, () => generate({ alphabet: "url-safe", length: 24 }).reveal());
    expect(new Set(values).size).toBe(100);
    for (const value of values) expect(value).toHaveLength(24);
  });
});

test.each([
  ["ed25519", { type: "ed25519" }],
  ["ecdsa-p256", { type: "ec", details: { namedCurve: "prime256v1" } }],
  ["rsa-4096", { type: "rsa", details: { modulusLength: 4096 } }],
] as const)("a key pair of %s is a private key in PEM", (keyPair, expected) => {
  const pem = generate({ keyPair }).reveal();
  expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPrivateKey(pem);
  expect({ type, details }).toMatchObject(expected);
});

it("a secret shows a placeholder however it is printed", () => {
  const value = new SecretValue("s3cret");
  for (const text of [
    `${value}`,
    JSON.stringify({ value }),
    inspect(value),
    inspect({ value }, { showHidden: true }),
  ]) {
    expect(text).not.toContain("s3cret");
  }
});
