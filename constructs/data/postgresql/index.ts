import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { serviceHost } from "../../core/names";
import { addRule } from "../../core/rules";
import { type ManifestObject, ManifestSet } from "../../kubernetes/manifest-set";
import type { Generations } from "../generations";
import { Readiness } from "../readiness";
import type { StoreProps } from "../store";
import { objectStore, scheduledBackup } from "./backup";
import { cluster, database } from "./cluster";
import { checkDatabases, type PostgresqlDatabase } from "./database";
import { generationsOf, type PostgresqlGeneration } from "./generation";
import { poolerHosts, pooling } from "./pooler";
import { check, checkedAs } from "./readiness";
import { checkGenerations, checkNames } from "./rules";
import { POSTGRESQL_PORT } from "./traffic";

export { type PostgresqlDatabase, postgresqlSecrets } from "./database";
export { poolerService } from "./pooler";
export { POSTGRESQL_PORT, postgresqlTraffic } from "./traffic";

export interface PostgresqlClusterProps extends StoreProps {
  /** Name of the first generation's cluster, of the release and of the folder of the backups; it starts other names. */
  readonly name: string;
  /** Service that leads to the primary; another name than the operator's own `<name>-rw`, `-r` and `-ro`. */
  readonly service: string;
  readonly instances: number;
  /** At least one; the first is made together with the cluster. */
  readonly databases: readonly PostgresqlDatabase[];
  /** @default - the first one only, made empty */
  readonly generations?: Generations;
  /** Pods of a connection pooler in front of the serving generation, at `<service>-pooler`; 0 for none. @default 0 */
  readonly poolers?: number;
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
 * ready when every owner could log in through the service. With backups its write-ahead log is archived as it is
 * written, and base backups are made on a schedule.
 *
 * Each generation is a cluster of its own; the service leads to the one that serves, the others are reached at
 * `<generation>-rw`. An old generation that is retained goes on when it is removed here: switch over first, remove it
 * then, and delete its Cluster by hand when nobody wants it any more.
 *
 * @see https://cloudnative-pg.io/documentation/current/
 */
export class PostgresqlCluster extends Construct {
  readonly ready: ITerraformDependable;
  /** Host under which the primary is reached. */
  readonly host: string;
  /** Host under which the primary is reached through the pooler, if there is one. */
  readonly poolerHost?: string;
  readonly port = POSTGRESQL_PORT;

  constructor(scope: Construct, id: string, props: PostgresqlClusterProps) {
    super(scope, id);
    const image = props.image ?? DEFAULTS.image;
    const { backup } = props;
    this.host = serviceHost(props.service, props.namespace);
    this.poolerHost = poolerHosts(props).at(-1);
    const generations = generationsOf(props).map((generation) => ({
      generation,
      manifests: manifests(props, generation, image),
    }));
    const store = backup === undefined ? [] : [objectStore(props, backup)];
    const objects = new ManifestSet(this, "manifests", {
      target: props.target,
      release: props.name,
      namespace: props.namespace,
      manifests: [...store, ...generations.flatMap((one) => one.manifests)],
      waiting: { until: "submitted", reason: "Helm can't tell when the operator is done; the readiness release does" },
      dependsOn: props.dependsOn,
    });
    const readiness = generations.map((one) => this.readiness(props, one, image, objects.ready));
    this.ready = readiness.find(({ serving }) => serving)?.ready ?? objects.ready;
    addRule(this, () => [...checkDatabases(props.databases), ...checkGenerations(props), ...checkNames(props)]);
  }

  /** A generation that does not serve has a release of its own, so that it neither holds up nor repeats the other's. */
  private readiness(
    props: PostgresqlClusterProps,
    { generation, manifests }: GenerationManifests,
    image: string,
    submitted: ITerraformDependable,
  ): { readonly serving: boolean; readonly ready: ITerraformDependable } {
    const { label, serving, recover } = generation;
    const { ready } = new Readiness(this, serving ? "readiness" : `readiness-${label}`, {
      target: props.target,
      namespace: props.namespace,
      store: checkedAs(props, generation),
      checks: props.databases.map((one) => check(props, generation, one, image)),
      subject: manifests,
      placement: props.placement,
      ...(recover === undefined ? {} : { timeoutSeconds: RECOVERY_SECONDS }),
      dependsOn: [submitted],
    });
    return { serving, ready };
  }
}

interface GenerationManifests {
  readonly generation: PostgresqlGeneration;
  readonly manifests: readonly ManifestObject[];
}

/** Time that a recovery may take: it fetches a base backup and everything that was written since. */
const RECOVERY_SECONDS = 7200;

/** What there is of a generation; the one that serves is backed up and has the poolers. */
function manifests(props: PostgresqlClusterProps, generation: PostgresqlGeneration, image: string): ManifestObject[] {
  const { backup } = props;
  return [
    cluster(props, generation, image),
    ...props.databases.map((one) => database(props, generation, one)),
    ...(generation.serving && backup !== undefined ? [scheduledBackup(props, generation, backup)] : []),
    ...(generation.serving ? pooling(props, generation) : []),
  ];
}
