import { serviceHost } from "../../core/names";
import { fromSecret, type ReadinessCheck } from "../readiness";
import { ENGINES, type RedisEngine } from "./engine";
import type { RedisInstanceProps } from "./index";
import { REDIS_PORT } from "./traffic";

/** Any user but root: the tool writes nothing. */
const USER = 1000;

/**
 * Logs in as the application's user and asks for what its queues rely on: the command line tool succeeds even when the
 * server answers with an error, so the answers are compared.
 */
export function check(props: RedisInstanceProps, engine: RedisEngine): ReadinessCheck {
  const { image, client, passwordVariable } = ENGINES[engine];
  const ask = `${client} --no-auth-warning -h "$REDIS_HOST" -p ${REDIS_PORT} --user "$REDIS_USER"`;
  return {
    name: props.service,
    image,
    user: USER,
    script: [
      `test "$(${ask} ping)" = PONG`,
      // Queues lose jobs on a server that evicts.
      `${ask} info memory | grep -q '^maxmemory_policy:noeviction'`,
      // And on one that forgets.
      `${ask} info persistence | grep -q '^aof_enabled:1'`,
    ],
    env: [
      { name: "REDIS_HOST", value: serviceHost(props.service, props.namespace) },
      { name: "REDIS_USER", value: props.user.name },
      fromSecret(passwordVariable, props.user.secret.name, props.user.name),
    ],
  };
}
