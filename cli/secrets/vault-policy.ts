import { policyText, type SecretRight, secretRules } from "../../constructs/core/vault-policy";

/** The policy of Vault's that gives a token rights in a KV version 2 mount. @param folder ends with `/`; empty for all */
export function vaultPolicy(mount: string, rights: readonly SecretRight[], folder = ""): string {
  return policyText(secretRules(mount, rights, [`${folder}*`]));
}
