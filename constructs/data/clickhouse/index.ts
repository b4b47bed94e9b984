import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { serviceHost } from "../../core/names";
import { addRule } from "../../core/rules";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { Readiness } from "../readiness";
import type { StoreProps } from "../store";
import { type ClickhouseDatabase, checkDatabases } from "./database";
import { installation } from "./manifests";
import { check } from "./readiness";
import { CLICKHOUSE_PORTS } from "./traffic";

export { type ClickhouseDatabase, clickhouseSecrets } from "./database";
export { CLICKHOUSE_PORTS, clickhouseTraffic } from "./traffic";

export interface ClickhouseInstallationProps extends StoreProps {
  /** Name of the installation, of its release and part of its pods' names. */
  readonly name: string;
  /** Service under which consumers reach it. */
  readonly service: string;
  readonly databases: readonly ClickhouseDatabase[];
  /** Source addresses from which the databases' users may log in. @default - the clusters' pod range */
  readonly networks?: readonly string[];
  /** @default - the pinned image */
  readonly image?: string;
}

const DEFAULTS = {
  // OpenPanel needs 25.10 or newer; this is the version that its own deployment runs.
  // renovate: datasource=docker depName=clickhouse/clickhouse-server
  image: "clickhouse/clickhouse-server:25.10.2.65",
  /** Pods of a VKE cluster. Which of them, the network policy of the namespace decides. */
  networks: ["10.244.0.0/16"],
} as const;

/**
 * ClickHouse by the Altinity operator: one server, for each database a user that runs and one that migrates, each
 * limited to that database. It is ready when both could log in through the service.
 *
 * @see https://docs.altinity.com/altinitykubernetesoperator/
 */
export class ClickhouseInstallation extends Construct {
  readonly ready: ITerraformDependable;
  /** Host under which the server is reached. */
  readonly host: string;
  readonly ports = CLICKHOUSE_PORTS;

  constructor(scope: Construct, id: string, props: ClickhouseInstallationProps) {
    super(scope, id);
    const image = props.image ?? DEFAULTS.image;
    const manifest = installation(props, image, props.networks ?? DEFAULTS.networks);
    this.host = serviceHost(props.service, props.namespace);
    const objects = new ManifestSet(this, "manifests", {
      target: props.target,
      release: props.name,
      namespace: props.namespace,
      manifests: [manifest],
      waiting: { until: "submitted", reason: "Helm can't tell when the operator is done; the readiness release does" },
      dependsOn: props.dependsOn,
    });
    this.ready = new Readiness(this, "readiness", {
      target: props.target,
      namespace: props.namespace,
      store: props.name,
      checks: props.databases.map((database) => check(props, database, image)),
      subject: manifest,
      placement: props.placement,
      dependsOn: [objects.ready],
    }).ready;
    addRule(this, () => checkDatabases(props.databases));
  }
}
