import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { serviceHost } from "../../core/names";
import { addRule } from "../../core/rules";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { FIRST_GENERATION, type Generations, generationName } from "../generations";
import type { StoreProps } from "../store";
import { backupJob } from "./backup-job";
import { checkInstallation } from "./checks";
import { type ClickhouseDatabase, checkDatabases } from "./database";
import { ClickhouseGeneration } from "./generation";
import { servingService } from "./serving-service";
import { CLICKHOUSE_PORTS } from "./traffic";

export { type ClickhouseDatabase, clickhouseSecrets } from "./database";
export { CLICKHOUSE_PORTS, clickhouseTraffic } from "./traffic";

export interface ClickhouseInstallationProps extends StoreProps {
  /** Name of the store: of its first generation, of the folder of its backups, and part of its pods' names. */
  readonly name: string;
  /** Service under which consumers reach the generation that serves; each has one of its own, `<service>-<number>`. */
  readonly service: string;
  readonly databases: readonly ClickhouseDatabase[];
  /** @default - the first one only, made empty */
  readonly generations?: Generations;
  /** Source addresses from which the databases' users may log in. @default - the clusters' pod range */
  readonly networks?: readonly string[];
  /** ClickHouse 25.10 or newer. @default - the pinned image */
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
 * ClickHouse by the Altinity operator: one server for each generation; for each database a user that runs and one that
 * migrates, each limited to that database. It is ready when both could log in to every generation.
 *
 * There is no disruption budget of our own: with one server it would keep nodes from ever being drained.
 *
 * @see https://docs.altinity.com/altinitykubernetesoperator/
 */
export class ClickhouseInstallation extends Construct {
  readonly ready: ITerraformDependable;
  /** Host under which consumers reach the generation that serves. */
  readonly host: string;
  readonly ports = CLICKHOUSE_PORTS;

  constructor(scope: Construct, id: string, props: ClickhouseInstallationProps) {
    super(scope, id);
    const { target, namespace, backup } = props;
    const generations = props.generations ?? FIRST_GENERATION;
    this.host = serviceHost(props.service, namespace);
    const service = new ManifestSet(this, "service", {
      target,
      release: `${props.name}-service`,
      namespace,
      manifests: [servingService(props, generationName(props.name, generations.serving))],
      waiting: { until: "submitted", reason: "a Service is there at once" },
      dependsOn: props.dependsOn,
    });
    const ready = new Map(
      Object.entries(generations.all).map(([number, { recover }]) => {
        const serves = Number(number) === generations.serving;
        const generation = new ClickhouseGeneration(this, `generation-${number}`, {
          ...props,
          image: props.image ?? DEFAULTS.image,
          networks: props.networks ?? DEFAULTS.networks,
          number: Number(number),
          consumers: serves ? service.ready : undefined,
          recover,
        });
        return [Number(number), generation.ready];
      }),
    );
    this.ready = ready.get(generations.serving) ?? service.ready;
    if (backup !== undefined) {
      const image = props.image ?? DEFAULTS.image;
      new ManifestSet(this, "backup", {
        target,
        release: `${props.name}-backup`,
        namespace,
        manifests: [backupJob(props, { backup, image, generation: generations.serving, server: this.host })],
        waiting: { until: "submitted", reason: "its Jobs run on schedule" },
        dependsOn: [this.ready],
      });
    }
    addRule(this, () => [...checkDatabases(props.databases), ...checkInstallation(props, generations)]);
  }
}
