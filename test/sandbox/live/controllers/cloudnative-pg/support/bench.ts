import { Cluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster";
import type { ResourceType, Stored } from "../../../../../../sandbox/live/controllers/api/objects";
import { cloudNativePg } from "../../../../../../sandbox/live/controllers/cloudnative-pg";
import { OBJECT_STORES } from "../../../../../../sandbox/live/controllers/cloudnative-pg/object-stores";
import {
  BACKUPS,
  CLUSTERS,
  DATABASES,
  POOLERS,
  type PostgresqlCluster,
  SCHEDULED_BACKUPS,
} from "../../../../../../sandbox/live/controllers/cloudnative-pg/objects";
import { PODS } from "../../../../../../sandbox/live/controllers/pods/objects";
import { fresh } from "../../support/fake-api";
import { Bench, eventually } from "../../support/view";

/** Where everything of these tests stands. */
export const NAMESPACE = "team";

/** A cluster, as far as a test says nothing else of it. */
export const BASE: PostgresqlCluster["spec"] = {
  instances: 2,
  imageName: "postgresql:17",
  storage: { size: "10Gi", storageClass: "vultr-block-storage" },
  resources: { requests: { cpu: "100m", memory: "256Mi" } },
  affinity: { tolerations: [{ key: "pool", operator: "Equal", value: "memory", effect: "NoSchedule" }] },
};

/** The operator on an API server in memory. */
export class OperatorBench extends Bench {
  constructor() {
    super();
    this.start(...cloudNativePg());
    for (const type of [CLUSTERS, DATABASES, POOLERS, BACKUPS, SCHEDULED_BACKUPS, OBJECT_STORES]) this.define(type);
  }

  /** Makes a cluster, or changes it. */
  make(spec: Partial<PostgresqlCluster["spec"]> = {}, name = "pg"): PostgresqlCluster {
    return this.api.put(CLUSTERS, { metadata: { name, namespace: NAMESPACE }, spec: { ...BASE, ...spec } });
  }

  /** The status of a cluster, as the real definition has it. */
  status(name = "pg") {
    return new Cluster(fresh(this.api.read(CLUSTERS, name, NAMESPACE))).status;
  }

  /** The names of all objects of a type. */
  names<T extends Stored>(type: ResourceType<T>): string[] {
    return this.api
      .all(type)
      .map(({ metadata }) => metadata.name)
      .sort();
  }

  /** Lets pods serve, as kwok does. */
  serve(...pods: readonly string[]): void {
    for (const name of pods) {
      this.api.put(PODS, {
        metadata: { name, namespace: NAMESPACE },
        status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
      });
    }
  }

  /** Lets all pods serve, and waits for the cluster. */
  async healthy(): Promise<void> {
    await eventually(() => expect(this.names(PODS).length).toBeGreaterThan(0));
    this.serve(...this.names(PODS));
    await eventually(() => expect(this.status()?.phase).toBe("Cluster in healthy state"));
  }
}
