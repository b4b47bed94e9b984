import type { SecretRight } from "./engine";

/** Vault keeps names and values of a key-value store below paths of their own. */
const RULES: Readonly<Record<SecretRight, readonly [part: string, capabilities: readonly string[]]>> = {
  read: ["data", ["read"]],
  write: ["data", ["create", "patch"]],
  look: ["subkeys", ["read"]],
  list: ["metadata", ["list"]],
  delete: ["metadata", ["delete"]],
};

/** The policy of Vault's that gives a token rights in a KV version 2 mount. @param folder ends with `/`; empty for all */
export function vaultPolicy(mount: string, rights: readonly SecretRight[], folder = ""): string {
  const capabilities = new Map<string, string[]>();
  for (const right of rights) {
    const [part, more] = RULES[right];
    capabilities.set(part, [...(capabilities.get(part) ?? []), ...more]);
  }
  return [...capabilities]
    .map(([part, names]) => {
      const list = [...new Set(names)].map((name) => `"${name}"`).join(", ");
      return `path "${mount}/${part}/${folder}*" { capabilities = [${list}] }\n`;
    })
    .join("");
}
