import { vaultCanaries, withoutValue } from "./vault-values";

const secret = {
  path: "staging/app",
  owner: "test",
  description: "",
  readers: [],
  keys: {
    host: { kind: "fixed", value: "postgresql.data-staging" },
    password: { kind: "generated", rule: { alphabet: "url-safe", length: 32 } },
    signing: { kind: "generated", rule: { keyPair: "ed25519" } },
    verifying: { kind: "derived", template: "{{ .signing | publicKey }}" },
    address: { kind: "derived", template: "{{ .host }}:5432" },
    url: { kind: "derived", template: "postgresql://{{ .password }}@{{ .host }}" },
    license: { kind: "supplied", description: "", optional: true },
  },
} as const;
const stored: Record<string, string> = {
  host: "postgresql.data-staging",
  password: "a-password-of-the-test",
  signing: "a-private-key-of-the-test",
  verifying: "a-public-key-of-the-test",
  address: "postgresql.data-staging:5432",
  url: "postgresql://a-password-of-the-test@postgresql.data-staging",
};

test("what is secret is looked for, and what everybody may know is not", () => {
  const canaries = vaultCanaries({ secrets: [secret] }, () => stored);
  expect(canaries.map(({ id, wholeOnly }) => [id, wholeOnly])).toEqual([
    ["staging/app:password", false],
    ["staging/app:signing", false],
    ["staging/app:url", true],
  ]);
});

test("a secret key without a value is told", () => {
  expect(
    withoutValue(
      { secrets: [secret] },
      vaultCanaries({ secrets: [secret] }, () => stored),
    ),
  ).toEqual(["staging/app:license"]);
});
