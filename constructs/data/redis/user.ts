import type { Finding } from "../../core/rules";
import type { DeliveredSecret } from "../../kubernetes/secret-delivery";
import type { StoreSecret } from "../store";

/** The application's user of an instance; each application has an instance of its own. */
export interface RedisUser {
  readonly name: string;
  /** The user's password, see {@link redisSecret}. */
  readonly secret: StoreSecret;
}

/** Key of the Vault path, as seed 000 names it. */
const PASSWORD_KEY = "redis_password";

/** The secret that an instance needs in its namespace: the password under the user's name, as the chart wants it. */
export function redisSecret(user: RedisUser): DeliveredSecret {
  return { name: user.secret.name, path: user.secret.path, template: { [user.name]: `{{ .${PASSWORD_KEY} }}` } };
}

/**
 * Everything on keys and channels, nothing that reconfigures or ends the server. Queues read `INFO` for the version
 * and the eviction policy.
 */
export const APPLICATION_PERMISSIONS = "~* &* +@all -@admin -@dangerous +info";

/**
 * The user of clients that name none: it may do nothing, so it needs no password. `PING` is what probes send; only
 * without a password are they told whether the server still reads its log.
 */
export const DEFAULT_PERMISSIONS = "nopass resetkeys resetchannels -@all +ping";

export function checkUser(user: RedisUser): Finding[] {
  if (/^[a-z][a-z0-9_-]*$/.test(user.name) && user.name !== "default") return [];
  return [
    {
      problem: "Redis user is not allowed here",
      value: user.name,
      fix: "Use a-z, 0-9, _ and -, starting with a letter; `default` is the user of clients that name none.",
    },
  ];
}
