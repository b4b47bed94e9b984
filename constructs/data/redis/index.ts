import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { serviceHost } from "../../core/names";
import { addRule } from "../../core/rules";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { Readiness } from "../readiness";
import type { StoreProps } from "../store";
import { check } from "./readiness";
import { REDIS_PORT } from "./traffic";
import { checkUser, type RedisUser } from "./user";
import { values } from "./values";

export { REDIS_PORT, redisTraffic } from "./traffic";
export { type RedisUser, redisSecret } from "./user";

export interface RedisInstanceProps extends StoreProps {
  /** Name of the release. */
  readonly name: string;
  /** Service under which the consumer reaches it, and name of everything the chart makes. */
  readonly service: string;
  /** The application's user; an instance serves one application. */
  readonly user: RedisUser;
  /** Tag of the server's image. @default - the pinned one */
  readonly imageTag?: string;
}

const DEFAULTS = {
  // renovate: datasource=helm depName=valkey registryUrl=https://valkey.io/valkey-helm/
  pin: { chart: "valkey", repository: "https://valkey.io/valkey-helm/", version: "0.11.0" },
  image: "valkey/valkey",
  imageTag: "9.1.1",
} as const;

/**
 * Redis for one application, by the Valkey engine: nothing evicted, append-only, an ACL user of the application's own.
 * It is ready when that user could log in through the service.
 *
 * @see https://github.com/valkey-io/valkey-helm/tree/main/valkey
 */
export class RedisInstance extends Construct {
  readonly ready: ITerraformDependable;
  /** Host under which the instance is reached. */
  readonly host: string;
  readonly port = REDIS_PORT;

  constructor(scope: Construct, id: string, props: RedisInstanceProps) {
    super(scope, id);
    const tag = props.imageTag ?? DEFAULTS.imageTag;
    const chartValues = values(props, tag);
    this.host = serviceHost(props.service, props.namespace);
    const chart = new PinnedChart(this, "chart", {
      target: props.target,
      release: props.name,
      namespace: props.namespace,
      pin: DEFAULTS.pin,
      values: chartValues,
      waiting: {
        until: "workloads",
        // Rolling back a store over its own volume helps nobody.
        atomic: false,
        timeoutSeconds: 600,
        reason: "the volume and the append-only file take their time",
      },
      dependsOn: props.dependsOn,
    });
    this.ready = new Readiness(this, "readiness", {
      target: props.target,
      namespace: props.namespace,
      store: props.name,
      checks: [check(props, `${DEFAULTS.image}:${tag}`)],
      subject: [DEFAULTS.pin, chartValues],
      dependsOn: [chart.resource],
    }).ready;
    addRule(this, () => checkUser(props.user));
  }
}
