import type { GenerationRule, SecretKey } from "../../constructs/core/secrets";
import { code, table } from "./table";

type Kind = SecretKey["kind"];

/** What a reader has to know of each kind: where a value comes from, and how it gets another one. */
const KINDS: Readonly<Record<Kind, readonly [from: string, other: string]>> = {
  fixed: ["the configuration; it is public", "changes with the configuration; the sync only reports a difference"],
  generated: ["made up by `strata secrets sync`, once", "`strata secrets rotate`, unless it is permanent"],
  derived: ["made by the sync of other keys of its path", "follows when one of them is rotated"],
  supplied: ["a person, at a question or with `--supply`", "`strata secrets rotate` with `--supply`"],
  output: [
    "copied by the sync from an output of an L1 stack",
    "replaced where it comes from, then `strata secrets rotate`",
  ],
};

/** Never in Vault, and so no kind of its keys. */
const BOOTSTRAP = [
  "bootstrap",
  "a person, before Vault is there: `strata secrets bootstrap` writes it into Kubernetes",
  "`strata secrets bootstrap --replace`",
];

/** Every kind of key, one row each. */
export function kindsTable(): string {
  const rows = Object.entries(KINDS).map(([kind, [from, other]]) => [code(kind), from, other]);
  return table([["Kind", "Its value comes from", "Another value"], ...rows, BOOTSTRAP]);
}

/** Where the value of a key comes from, in a few words. */
export function sourceOf(key: SecretKey): string {
  switch (key.kind) {
    case "fixed":
      return `${key.value === "" ? "empty" : code(key.value)}${key.reserved === undefined ? "" : `; reserved: ${key.reserved}`}`;
    case "generated":
      return key.permanent === undefined ? ruleText(key.rule) : `${ruleText(key.rule)}; permanent: ${key.permanent}`;
    case "derived":
      return code(key.template);
    case "supplied":
      return key.optional === true ? `${key.description} (optional)` : key.description;
    case "output":
      return `${code(key.output)} of ${code(key.stack)}`;
  }
}

function ruleText(rule: GenerationRule): string {
  if ("keyPair" in rule) return `private key, ${rule.keyPair}`;
  const alphabet = rule.alphabet === "hex" ? "hexadecimal digits" : "URL-safe characters";
  return `${rule.length} ${alphabet}`;
}
