/**
 * What somebody may be allowed to do with secrets: read values, write them, look at outlines (names of keys, versions,
 * times), list names, delete paths with all of their versions.
 */
export type SecretRight = "read" | "write" | "look" | "list" | "delete";

/** What Vault's policies allow on a path. */
export type VaultCapability = "create" | "read" | "update" | "patch" | "delete" | "list" | "sudo";

/**
 * One rule of a policy. In a path `+` stands for any one segment, and `*`, at its end only, for any text.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies
 */
export interface VaultRule {
  readonly path: string;
  readonly capabilities: readonly VaultCapability[];
}

/** A policy in Vault's language, in the order of its rules; those for the same path become one. */
export function policyText(rules: readonly VaultRule[]): string {
  const byPath = new Map<string, Set<VaultCapability>>();
  for (const { path, capabilities } of rules) {
    const known = byPath.get(path) ?? new Set();
    for (const capability of capabilities) known.add(capability);
    byPath.set(path, known);
  }
  return [...byPath]
    .map(([path, capabilities]) => `path "${path}" {\n  capabilities = [${quoted([...capabilities])}]\n}\n`)
    .join("\n");
}

/** Vault keeps names and values of a key-value store below paths of their own. */
const RULES: Readonly<Record<SecretRight, readonly [part: string, capabilities: readonly VaultCapability[]]>> = {
  read: ["data", ["read"]],
  write: ["data", ["create", "patch"]],
  look: ["subkeys", ["read"]],
  list: ["metadata", ["list"]],
  delete: ["metadata", ["delete"]],
};

/**
 * The rules that give rights in a KV version 2 mount.
 *
 * @param below paths below the mount, where a folder ends with `/` and what is below all of it with `*`
 */
export function secretRules(
  mount: string,
  rights: readonly SecretRight[],
  below: readonly string[],
): readonly VaultRule[] {
  return below.flatMap((path) =>
    rights.map((right) => {
      const [part, capabilities] = RULES[right];
      return { path: `${mount}/${part}/${path}`, capabilities };
    }),
  );
}

/**
 * What stands in Vault's default policy and every login needs: a client looks its token up to find it valid, and gives
 * it back when it is done. The default policy itself lets it do more with tokens.
 */
export const OWN_TOKEN: readonly VaultRule[] = [
  { path: "auth/token/lookup-self", capabilities: ["read"] },
  { path: "auth/token/revoke-self", capabilities: ["update"] },
];

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
