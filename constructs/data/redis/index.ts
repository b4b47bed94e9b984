import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { serverConfiguration, Valkey } from "../../components/valkey";
import { serviceHost } from "../../core/names";
import { addRule } from "../../core/rules";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { Readiness } from "../readiness";
import { storageClassOf } from "../storage-class";
import type { StoreProps } from "../store";
import { checkSize, QUEUE_LINES } from "./configuration";
import type { RedisEngine } from "./engine";
import { check } from "./readiness";
import { redisServer } from "./redis-server";
import { REDIS_PORT } from "./traffic";
import { APPLICATION_PERMISSIONS, checkUser, DEFAULT_PERMISSIONS, type RedisUser } from "./user";

export type { RedisEngine } from "./engine";
export { REDIS_PORT, redisTraffic } from "./traffic";
export { type RedisUser, redisSecret } from "./user";

export interface RedisInstanceProps extends StoreProps {
  /** Service under which the consumer reaches it; also the name of the release and of everything in it. */
  readonly service: string;
  /** The application's user; an instance serves one application. */
  readonly user: RedisUser;
  /** The program behind it. @default "valkey" */
  readonly engine?: RedisEngine;
  /** Version of the Valkey chart. @default - the component's */
  readonly version?: string;
}

/**
 * Redis for one application: nothing evicted, append-only, an ACL user of the application's own. It is ready when that
 * user could log in through the service. It has no backups: what stands in it is made again from the other stores.
 */
export class RedisInstance extends Construct {
  readonly ready: ITerraformDependable;
  /** Host under which the instance is reached. */
  readonly host: string;
  readonly port = REDIS_PORT;

  constructor(scope: Construct, id: string, props: RedisInstanceProps) {
    super(scope, id);
    const { target, namespace, service } = props;
    const engine = props.engine ?? "valkey";
    this.host = serviceHost(service, namespace);
    const server = engine === "valkey" ? this.valkey(props) : this.redis(props);
    this.ready = new Readiness(this, "readiness", {
      target,
      namespace,
      store: service,
      checks: [check(props, engine)],
      placement: props.placement,
      subject: server.subject,
      dependsOn: server.ready,
    }).ready;
    addRule(this, () => [...checkUser(props.user), ...checkSize(props.size)]);
  }

  private valkey(props: RedisInstanceProps): Server {
    const { target, namespace, service, protection, size, user, version } = props;
    const settings = {
      release: service,
      namespace,
      usersSecret: user.secret.name,
      users: {
        // The chart wants a password for every user; the rules say that this one needs none.
        default: { permissions: DEFAULT_PERMISSIONS, passwordKey: user.name },
        [user.name]: { permissions: APPLICATION_PERMISSIONS },
      },
      memory: size.memory,
      cpu: size.cpu,
      storage: { size: size.storage, storageClass: storageClass(props) },
      config: QUEUE_LINES,
      protection,
      placement: props.placement,
      version,
    };
    const server = new Valkey(this, "server", { ...settings, target, dependsOn: props.dependsOn });
    return { subject: settings, ready: server.ready };
  }

  private redis(props: RedisInstanceProps): Server {
    const { target, namespace, service, protection, size, user, placement } = props;
    const settings = {
      ...{ service, namespace, size, protection, placement },
      storageClass: storageClass(props),
      usersSecret: user.secret.name,
      users: [
        { name: "default", permissions: DEFAULT_PERMISSIONS, passwordKey: user.name },
        { name: user.name, permissions: APPLICATION_PERMISSIONS, passwordKey: user.name },
      ],
      configuration: serverConfiguration({ memory: size.memory, stored: true, lines: QUEUE_LINES }),
    };
    const server = new ManifestSet(this, "redis", {
      target,
      release: service,
      namespace,
      manifests: redisServer(settings),
      waiting: {
        until: "workloads",
        atomic: false,
        timeoutSeconds: 600,
        reason: "consumers start with it; a volume has to be made and attached",
      },
      dependsOn: props.dependsOn,
    });
    return { subject: settings, ready: [server.ready] };
  }
}

interface Server {
  /** What the server is made from. */
  readonly subject: unknown;
  readonly ready: readonly ITerraformDependable[];
}

function storageClass(props: RedisInstanceProps): string {
  return props.storageClass ?? storageClassOf(props.protection);
}
