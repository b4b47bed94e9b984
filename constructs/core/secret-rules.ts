import type { IConstruct } from "constructs";
import { nearest } from "./nearest";
import type { Finding } from "./rules";
import { checkDerivedKeys } from "./secret-template";
import type { GenerationRule, KeyPairRule, SecretDeclaration, SecretKey, TextRule } from "./secrets";

/** Alphabets of generated texts, with the fewest characters that nobody guesses: 95 bits or more. */
export const LEAST_CHARACTERS: Readonly<Record<TextRule["alphabet"], number>> = { "url-safe": 16, hex: 24 };

/** Longer than this, no store takes it. */
export const MOST_CHARACTERS = 4096;

export const KEY_PAIRS = ["ed25519", "ecdsa-p256", "rsa-4096"] as const satisfies readonly KeyPairRule["keyPair"][];

/** A path of at least two names, each of which starts with a letter or digit: none climbs out of the mount. */
const PATH = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)+$/;

/** What templates can name, Vault keeps and Kubernetes takes as a key of a secret. */
const KEY = /^[A-Za-z0-9][\w-]*$/;

/** What is wrong with a declaration, but for its place in the program. */
export function checkDeclaration({ path, keys }: SecretDeclaration): Finding[] {
  const pathFinding = { problem: "this is no path of a secret", value: path, fix: "Write <environment>/<name>." };
  return [
    ...(PATH.test(path) ? [] : [pathFinding]),
    ...Object.entries(keys).flatMap(([name, key]) => [...checkName(path, name), ...checkKey(`${path} ${name}`, key)]),
    ...checkDerivedKeys(keys).map((finding) => ({ ...finding, problem: `${path}: ${finding.problem}` })),
  ];
}

/** What is wrong with a rule; nothing is said of a rule that no type allows, but that it is not known. */
export function checkRule(rule: GenerationRule): Omit<Finding, "value"> | undefined {
  if ("keyPair" in rule) {
    if (KEY_PAIRS.some((known) => known === rule.keyPair)) return undefined;
    return { problem: "is of a key pair that is not known", fix: `Write ${KEY_PAIRS.join(" or ")}.` };
  }
  if (!Object.hasOwn(LEAST_CHARACTERS, rule.alphabet)) {
    return {
      problem: "has an alphabet that is not known",
      fix: `Write ${Object.keys(LEAST_CHARACTERS).join(" or ")}, or a keyPair.`,
    };
  }
  const least = LEAST_CHARACTERS[rule.alphabet];
  const fix = `Write a length from ${least} to ${MOST_CHARACTERS}.`;
  if (!Number.isInteger(rule.length)) return { problem: "has no whole length", fix };
  if (rule.length < least) return { problem: "would be too short to be secret", fix };
  if (rule.length > MOST_CHARACTERS) return { problem: "would be too long", fix };
  if (rule.alphabet === "hex" && rule.length % 2 === 1) {
    return { problem: "would be no whole number of bytes", fix: "Write an even length." };
  }
  return undefined;
}

function checkName(path: string, name: string): Finding[] {
  if (KEY.test(name)) return [];
  const fix = "Use letters, digits, _ and -, as in postgres_password.";
  return [{ problem: `${path}: this is no name of a key`, value: name, fix }];
}

function checkKey(where: string, key: SecretKey): Finding[] {
  if (key.kind === "generated") {
    const found = checkRule(key.rule);
    return found === undefined
      ? []
      : [{ problem: `${where} ${found.problem}`, value: { ...key.rule }, fix: found.fix }];
  }
  if (key.kind === "output" && !key.stack.startsWith("l1-")) {
    const fix = "Copy outputs of l1 stacks only: the sync runs before the layers above are there.";
    return [{ problem: `${where} is copied from a stack above L1`, value: key.stack, fix }];
  }
  return [];
}

/** Outputs that a stack of this build does not publish. A stack that is not part of the build is not looked at. */
export function checkOutputs(root: IConstruct, { path, keys }: SecretDeclaration): Finding[] {
  return Object.entries(keys).flatMap(([name, key]) => {
    if (key.kind !== "output") return [];
    const stack = root.node.tryFindChild(key.stack);
    const published = stack?.node.children.flatMap(({ node }) => PUBLISHED.exec(node.id)?.[1] ?? []) ?? [key.output];
    if (published.includes(key.output)) return [];
    const near = nearest(key.output, published);
    const fix = near.length === 0 ? `${key.stack} publishes nothing.` : `It publishes ${near.join(", ")}.`;
    return [{ problem: `${path} ${name} is copied from an output that ${key.stack} has not`, value: key.output, fix }];
  });
}

/** Ids of what `LayerStack.publish` makes. */
const PUBLISHED = /^contract-(.+)$/;
