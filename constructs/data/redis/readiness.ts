import { serviceHost } from "../../core/names";
import { fromSecret, type ReadinessCheck } from "../readiness";
import type { RedisInstanceProps } from "./index";
import { REDIS_PORT } from "./traffic";

/** User id of the server's image. */
const VALKEY_USER = 1000;

/**
 * Logs in as the application's user and asks for what its queues rely on: the command line tool succeeds even when the
 * server answers with an error, so the answers are compared.
 */
export function check(props: RedisInstanceProps, image: string): ReadinessCheck {
  return {
    name: props.service,
    image,
    user: VALKEY_USER,
    script: [
      `test "$(${CLI} ping)" = PONG`,
      // Queues lose jobs on a server that evicts.
      `${CLI} info memory | grep -q '^maxmemory_policy:noeviction'`,
    ],
    env: [
      { name: "REDIS_HOST", value: serviceHost(props.service, props.namespace) },
      { name: "REDIS_USER", value: props.user.name },
      fromSecret("VALKEYCLI_AUTH", props.user.secret.name, props.user.name),
      fromSecret("REDISCLI_AUTH", props.user.secret.name, props.user.name),
    ],
  };
}

const CLI = `valkey-cli --no-auth-warning -h "$REDIS_HOST" -p ${REDIS_PORT} --user "$REDIS_USER"`;
