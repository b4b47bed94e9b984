import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { VALKEY_IMAGE, Valkey } from "../../components/valkey";
import { addRule } from "../../core/rules";
import { Readiness } from "../readiness";
import { storageClassOf } from "../storage-class";
import type { StoreProps } from "../store";
import { check } from "./readiness";
import { REDIS_PORT } from "./traffic";
import { APPLICATION_PERMISSIONS, checkUser, DEFAULT_PERMISSIONS, type RedisUser } from "./user";

export { REDIS_PORT, redisTraffic } from "./traffic";
export { type RedisUser, redisSecret } from "./user";

export interface RedisInstanceProps extends StoreProps {
  /** Service under which the consumer reaches it; also the name of the release and of everything in it. */
  readonly service: string;
  /** The application's user; an instance serves one application. */
  readonly user: RedisUser;
  /** Version of the Valkey chart. @default - the component's */
  readonly version?: string;
}

/** What queues rely on beside what the component sets: an announcement of every expiry, a log without snapshots. */
const CONFIGURATION = { "notify-keyspace-events": "Ex", appendfsync: "everysec", save: '""' };

/**
 * Redis for one application, by the Valkey engine: nothing evicted, append-only, an ACL user of the application's own.
 * It is ready when that user could log in through the service.
 */
export class RedisInstance extends Construct {
  readonly ready: ITerraformDependable;
  /** Host under which the instance is reached. */
  readonly host: string;
  readonly port = REDIS_PORT;

  constructor(scope: Construct, id: string, props: RedisInstanceProps) {
    super(scope, id);
    const { target, namespace, service, protection, size, user, version } = props;
    const settings = {
      release: service,
      namespace,
      usersSecret: user.secret.name,
      users: {
        // It may do nothing, so it needs no password of its own.
        default: { permissions: DEFAULT_PERMISSIONS, passwordKey: user.name },
        [user.name]: { permissions: APPLICATION_PERMISSIONS },
      },
      memory: size.memory,
      cpu: size.cpu,
      storage: { size: size.storage, storageClass: props.storageClass ?? storageClassOf(protection) },
      config: CONFIGURATION,
      protection,
      placement: props.placement,
      version,
    };
    const server = new Valkey(this, "server", { ...settings, target, dependsOn: props.dependsOn });
    this.host = server.host;
    this.ready = new Readiness(this, "readiness", {
      target,
      namespace,
      store: service,
      checks: [check(props, VALKEY_IMAGE)],
      placement: props.placement,
      subject: settings,
      dependsOn: server.ready,
    }).ready;
    addRule(this, () => checkUser(user));
  }
}
