import type { Issue } from "../../errors";
import { blocks, expressions, type StackJson, strings } from "../stack-json";

const REFERENCE = /(?<![\w."-])(data\.)?((?:vultr|cloudflare|helm|kubernetes|vault|terraform|random)_\w+)\.([\w-]+)/g;

/**
 * Every reference of a stack names something of the same stack: a token that leaks from another stack renders as an
 * address that does not exist here. cdktf's implicit cross-stack references are refused by that, too: their names follow
 * resource ids and break on a rename.
 */
export function checkReferences(stack: StackJson): Issue[] {
  const known = new Set([
    ...blocks(stack, "resource").map((block) => `${block.type}.${block.name}`),
    ...blocks(stack, "data").map((block) => `data.${block.type}.${block.name}`),
  ]);
  return strings(stack.json).flatMap(({ path, text }) =>
    [...expressions(text), ...dependency(path, text)].flatMap((expression) =>
      [...expression.matchAll(REFERENCE)]
        .map((match) => `${match[1] ?? ""}${match[2]}.${match[3]}`)
        .filter((address) => !known.has(address))
        .map((address) => ({
          where: `${stack.id} ${path}`,
          problem: `refers to ${address}, which is not in this stack`,
          fix: "Publish the fact in its own stack and read it with LayerStack.read().",
        })),
    ),
  );
}

/** `depends_on` holds bare addresses. */
function dependency(path: string, text: string): string[] {
  return /\.depends_on\[\d+\]$/.test(path) ? [text] : [];
}

/**
 * No provider is configured from a resource of its own stack: on the first plan the resource does not exist, and on
 * destroy it is gone before what the provider has to delete (hashicorp/terraform#2430).
 */
export function checkProviders(stack: StackJson): Issue[] {
  const providers = stack.json.provider ?? {};
  const own = [
    ...blocks(stack, "resource").map((block) => `${block.type}.${block.name}`),
    ...blocks(stack, "data")
      .filter((block) => block.type !== "terraform_remote_state")
      .map((block) => `data.${block.type}.${block.name}`),
  ];
  return strings(providers).flatMap(({ path, text }) =>
    expressions(text)
      .flatMap((expression) => own.filter((address) => new RegExp(`(?<![\\w.-])${address}(?![\\w-])`).test(expression)))
      .map((address) => ({
        where: `${stack.id} provider.${path}`,
        problem: `is configured from ${address} of the same stack`,
        fix: "Read what the provider needs from the published contract of a lower stack.",
      })),
  );
}
