import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { serviceHost } from "../../core/names";
import { addRule } from "../../core/rules";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { Readiness } from "../readiness";
import type { StoreProps } from "../store";
import { checkDatabases, type PostgresqlDatabase } from "./database";
import { cluster, database } from "./manifests";
import { check } from "./readiness";
import { POSTGRESQL_PORT } from "./traffic";

export { type PostgresqlDatabase, postgresqlSecrets } from "./database";
export { POSTGRESQL_PORT, postgresqlTraffic } from "./traffic";

export interface PostgresqlClusterProps extends StoreProps {
  /** Name of the cluster, of its release and prefix of its pods. */
  readonly name: string;
  /** Service that leads to the primary; another name than the operator's own `<name>-rw`, `-r` and `-ro`. */
  readonly service: string;
  readonly instances: number;
  /** At least one; the first is made together with the cluster. */
  readonly databases: readonly PostgresqlDatabase[];
  /** @default - the pinned image */
  readonly image?: string;
  /** Make a PodMonitor; needs the Prometheus operator's CRDs. @default false */
  readonly podMonitor?: boolean;
}

const DEFAULTS = {
  // renovate: datasource=docker depName=ghcr.io/cloudnative-pg/postgresql versioning=regex:^(?<major>17)\.(?<minor>\d+)-standard-trixie$
  image: "ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie",
} as const;

/**
 * PostgreSQL by CloudNativePG: a database with an owner for each consumer, closed to every other role, TLS only. It is
 * ready when every owner could log in through the service.
 *
 * @see https://cloudnative-pg.io/documentation/current/
 */
export class PostgresqlCluster extends Construct {
  readonly ready: ITerraformDependable;
  /** Host under which the primary is reached. */
  readonly host: string;
  readonly port = POSTGRESQL_PORT;

  constructor(scope: Construct, id: string, props: PostgresqlClusterProps) {
    super(scope, id);
    const image = props.image ?? DEFAULTS.image;
    const manifests = [cluster(props, image), ...props.databases.map((one) => database(props, one))];
    this.host = serviceHost(props.service, props.namespace);
    const objects = new ManifestSet(this, "manifests", {
      target: props.target,
      release: props.name,
      namespace: props.namespace,
      manifests,
      waiting: { until: "submitted", reason: "Helm can't tell when the operator is done; the readiness release does" },
      dependsOn: props.dependsOn,
    });
    this.ready = new Readiness(this, "readiness", {
      target: props.target,
      namespace: props.namespace,
      store: props.name,
      checks: props.databases.map((one) => check(props, one, image)),
      subject: manifests,
      placement: props.placement,
      dependsOn: [objects.ready],
    }).ready;
    addRule(this, () => checkDatabases(props.databases));
  }
}
