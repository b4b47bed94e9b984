import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { Component, type ComponentProps } from "../../core/component";
import { serviceHost } from "../../core/names";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import type { Waiting } from "../../kubernetes/waiting";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer } from "../shared/values";
import { values } from "./values";
import known from "./values.generated.json";

export { dataMebibytes, serverConfiguration } from "./configuration";

/** A user of the server. */
export interface ValkeyUser {
  /** ACL rules, such as `~* &* +@all -@admin`. */
  readonly permissions: string;
  /** Key of the password in the secret. @default - the user's name */
  readonly passwordKey?: string;
}

export interface ValkeyProps extends Omit<ComponentProps, "replicas"> {
  /** Name of the release, of the workload and of the Service. */
  readonly release: string;
  /** Namespace of the server, made by its owner with the traffic that it admits. */
  readonly namespace: string;
  /** Secret of the namespace with a password for each user. */
  readonly usersSecret: string;
  /** Users by name. The chart wants one called `default`: it is who clients without a user name log in as. */
  readonly users: Readonly<Record<"default", ValkeyUser>> & Readonly<Record<string, ValkeyUser>>;
  /** Memory of the pod; how much of it data may take, see {@link serverConfiguration}. */
  readonly memory: string;
  /** CPU request. @default "50m" */
  readonly cpu?: string;
  /** Volume for what must survive a restart. @default - none: everything is gone with the pod */
  readonly storage?: { readonly size: string; readonly storageClass: string };
  /** Lines of valkey.conf. @default - nothing is evicted; with a volume, every write is logged to it */
  readonly config?: Readonly<Record<string, string>>;
  /** @default - until the server is ready: its secret is there already */
  readonly waiting?: Waiting;
}

const DEFAULTS = {
  // renovate: datasource=helm depName=valkey registryUrl=https://valkey.io/valkey-helm/
  chart: "valkey",
  repository: "https://valkey.io/valkey-helm/",
  version: "0.11.0",
} as const satisfies Omit<ComponentDefaults, "namespace">;

/** Image that the pinned chart runs: for Jobs that need its command line tool. */
// renovate: datasource=docker depName=valkey/valkey
export const VALKEY_IMAGE = "docker.io/valkey/valkey:9.1.1";

export const VALKEY_PORT = 6379;

/** Label by which the pods of a release are found. */
export const INSTANCE_LABEL = "app.kubernetes.io/instance";

/**
 * A Valkey server for one consumer, usable several times in a namespace. It is a single server: a session store or a
 * queue whose loss is an interruption, not a disaster.
 *
 * The chart has no CRDs.
 *
 * @see https://github.com/valkey-io/valkey-helm
 */
export class Valkey extends Component {
  readonly ready: readonly ITerraformDependable[];
  /** Host under which the server is reached inside its cluster. */
  readonly host: string;
  readonly port = VALKEY_PORT;

  constructor(scope: Construct, id: string, props: ValkeyProps) {
    super(scope, id);
    this.host = serviceHost(props.release, props.namespace);
    const chart = new PinnedChart(this, "chart", {
      target: props.target,
      release: props.release,
      namespace: props.namespace,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(values(props), props.values),
      known,
      waiting: props.waiting ?? {
        until: "workloads",
        // A rollback would start the older server on data that the newer one has written.
        atomic: false,
        timeoutSeconds: 600,
        reason: "consumers start with it; a volume has to be made and attached",
      },
      dependsOn: props.dependsOn,
    });
    this.ready = [chart.resource];
  }
}
