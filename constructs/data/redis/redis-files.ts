import { REDIS_PORT } from "./traffic";

/** A user of the server. */
export interface ServerUser {
  readonly name: string;
  /** ACL rules beside the password. */
  readonly permissions: string;
  /** Key of the password in the secret. */
  readonly passwordKey: string;
}

/** Writes the file of users with the hashes of their passwords; the passwords themselves stay in the secret. */
export function accountsScript(
  users: readonly ServerUser[],
  { accounts, passwords }: { readonly accounts: string; readonly passwords: string },
): string {
  // Each step by itself: what fails inside an argument of `echo` ends nothing, and would leave an empty password.
  const account = ({ name, permissions, passwordKey }: ServerUser) => [
    `  password=$(cat ${passwords}/${passwordKey})`,
    `  if [ -z "$password" ]; then echo "${passwordKey} is empty" >&2; exit 1; fi`,
    `  hash=$(printf %s "$password" | sha256sum | cut -d" " -f1)`,
    `  echo "user ${name} on #$hash ${permissions}"`,
  ];
  return ["set -eu", "umask 077", "{", ...users.flatMap(account), `} > ${accounts}/users.acl`].join("\n");
}

/** Everything but what is the same for both engines. */
export function redisConfiguration(
  lines: string,
  { data, accounts }: { readonly data: string; readonly accounts: string },
): string {
  return [
    `port ${REDIS_PORT}`,
    "protected-mode no",
    "bind * -::*",
    `dir ${data}`,
    `aclfile ${accounts}/users.acl`,
    lines,
  ].join("\n");
}
