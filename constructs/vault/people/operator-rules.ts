import { vaultNames } from "../../core/names";
import { OWN_TOKEN, secretRules, type VaultCapability, type VaultRule } from "../../core/vault-policy";

/** Whether a path is one of those that patterns name: `+` is any one segment, a `*` at the end any text. */
export function isAmong(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const expression = pattern
      .replaceAll(/[.?^${}()|[\]\\]/g, "\\$&")
      .replaceAll("+", "[^/]+")
      .replace(/\*$/, ".*");
    return new RegExp(`^${expression}$`).test(path);
  });
}

const MANAGE: readonly VaultCapability[] = ["create", "read", "update", "delete"];

/**
 * What those may do who operate the platform, beside applying stacks:
 *
 * - `strata secrets sync`, `rotate` and `status` on the paths that the program declares; the names of everything else;
 * - `strata secrets purge`: delete what an environment left, whatever it is called, but nothing of a cluster;
 * - `strata vault snapshot`. Not `restore`: with it anybody could bring back a Vault of his own;
 * - change who gets in, what an operator and a deployer may do, the mount of the secrets and the audit device.
 *
 * @param secretPaths the declared paths, as patterns: `+` stands for the name of an environment or cluster, so that
 *   adding one changes no policy but its own
 * @param roles of deployers, as `auth/<mount>/role/<name>`
 */
export function operatorRules(secretPaths: readonly string[], roles: readonly string[]): readonly VaultRule[] {
  const { mount, peopleMount, operator, deployer } = vaultNames;
  const manage = (path: string): VaultRule => ({ path, capabilities: MANAGE });
  const manageAsRoot = (path: string): VaultRule => ({ path, capabilities: [...MANAGE, "sudo"] });
  return [
    ...secretRules(mount, ["read", "write", "look"], secretPaths),
    ...secretRules(mount, ["list", "delete"], ["*"]),
    // More exact than the rule above, so it takes the deletion back.
    ...secretRules(mount, ["list"], ["clusters/*"]),
    { path: "sys/storage/raft/snapshot", capabilities: ["read"] },
    ...[operator, deployer].flatMap((name) => [
      manage(`sys/policies/acl/${name}`),
      manage(`auth/${peopleMount}/role/${name}`),
    ]),
    ...roles.map(manage),
    manageAsRoot(`sys/auth/${peopleMount}`),
    manage(`auth/${peopleMount}/config`),
    manageAsRoot(`sys/auth/${vaultNames.issuerMount("*")}`),
    manage(`auth/${vaultNames.issuerMount("*")}`),
    manage(`sys/mounts/${mount}`),
    manage(`sys/mounts/${mount}/tune`),
    manage(`${mount}/config`),
    manageAsRoot("sys/audit/file"),
    ...OWN_TOKEN,
  ];
}
