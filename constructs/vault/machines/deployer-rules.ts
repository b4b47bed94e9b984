import { vaultNames } from "../../core/names";
import { OWN_TOKEN, type VaultCapability, type VaultRule } from "../../core/vault-policy";

/** Seconds that a login may take which applies stacks: two clusters are made in one of them. */
export const DEPLOYMENT_SECONDS = 7200;

const MANAGE: readonly VaultCapability[] = ["create", "read", "update", "delete"];
const LOOK: readonly VaultCapability[] = ["read"];

/**
 * What applying the stacks of environments and clusters takes, and no more: policies, roles, the auth method of a new
 * cluster. No value of a secret, because Terraform carries none; not the mount of the secrets, not the audit device, and
 * not what a deployer or an operator is. Those it sees, so that their stacks can be planned.
 *
 * Whoever may write policies and roles can give himself more with them. The audit log shows it, the policies here only
 * keep it from happening by mistake: who may deploy has to be chosen accordingly.
 *
 * @param roles of deployers, as `auth/<mount>/role/<name>`
 */
export function deployerRules(roles: readonly string[]): readonly VaultRule[] {
  const { mount, peopleMount, operator, deployer } = vaultNames;
  const manage = (path: string): VaultRule => ({ path, capabilities: MANAGE });
  const look = (path: string): VaultRule => ({ path, capabilities: LOOK });
  const lookAsRoot = (path: string): VaultRule => ({ path, capabilities: [...LOOK, "sudo"] });
  const guarded = [operator, deployer];
  return [
    manage("sys/policies/acl/*"),
    ...guarded.map((name) => look(`sys/policies/acl/${name}`)),
    // The auth methods of clusters, with their configuration and roles.
    { path: `sys/auth/${vaultNames.authMount("*")}`, capabilities: [...MANAGE, "sudo"] },
    manage(`auth/${vaultNames.authMount("*")}`),
    manage(`auth/${peopleMount}/role/*`),
    ...guarded.map((name) => look(`auth/${peopleMount}/role/${name}`)),
    ...roles.map(look),
    look(`auth/${peopleMount}/config`),
    look(`auth/${vaultNames.issuerMount("*")}`),
    look("sys/auth"),
    look("sys/auth/*"),
    look("sys/mounts"),
    look("sys/mounts/*"),
    look(`${mount}/config`),
    lookAsRoot("sys/audit"),
    ...OWN_TOKEN,
  ];
}
