import type { IBackupSpec } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/BackupSpec";
import type { IClusterSpec } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/ClusterSpec";
import type { IDatabaseSpec } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/DatabaseSpec";
import type { IPoolerSpec } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/PoolerSpec";
import type { IScheduledBackupSpec } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/ScheduledBackupSpec";
import { type DraftMetadata, ownedBy, type ResourceType, type Stored } from "../api/objects";
import type { Condition } from "../loop/status";

const apiVersion = "postgresql.cnpg.io/v1";

/** A PostgreSQL cluster: instances, one of which is the primary. */
export interface PostgresqlCluster extends Stored {
  readonly spec: IClusterSpec;
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
    readonly managedRolesStatus?: {
      readonly passwordStatus?: Readonly<Record<string, { readonly resourceVersion: string }>>;
    };
  };
}

export const CLUSTERS: ResourceType<PostgresqlCluster> = {
  apiVersion,
  kind: "Cluster",
  plural: "clusters",
  namespaced: true,
  custom: true,
};

export interface Database extends Stored {
  readonly spec: IDatabaseSpec;
  readonly status?: { readonly applied?: boolean };
}

export const DATABASES: ResourceType<Database> = {
  apiVersion,
  kind: "Database",
  plural: "databases",
  namespaced: true,
  custom: true,
};

export interface Pooler extends Stored {
  readonly spec: IPoolerSpec;
  readonly status?: { readonly instances?: number };
}

export const POOLERS: ResourceType<Pooler> = {
  apiVersion,
  kind: "Pooler",
  plural: "poolers",
  namespaced: true,
  custom: true,
};

export interface ScheduledBackup extends Stored {
  readonly spec: IScheduledBackupSpec;
  readonly status?: { readonly lastCheckTime?: string; readonly lastScheduleTime?: string };
}

export const SCHEDULED_BACKUPS: ResourceType<ScheduledBackup> = {
  apiVersion,
  kind: "ScheduledBackup",
  plural: "scheduledbackups",
  namespaced: true,
  custom: true,
};

export interface Backup extends Stored {
  readonly spec: IBackupSpec;
  readonly status?: { readonly phase?: string; readonly error?: string; readonly stoppedAt?: string };
}

export const BACKUPS: ResourceType<Backup> = {
  apiVersion,
  kind: "Backup",
  plural: "backups",
  namespaced: true,
  custom: true,
};

export const HEALTHY = "Cluster in healthy state";

export const POSTGRESQL_PORT = 5432;

/** Metadata of what belongs to a cluster: it is labelled so, and goes with it. */
export function metadataOf(owner: PostgresqlCluster, name: string, labels: Record<string, string> = {}): DraftMetadata {
  return {
    name,
    namespace: owner.metadata.namespace,
    labels: { ...owner.spec.inheritedMetadata?.labels, "cnpg.io/cluster": owner.metadata.name, ...labels },
    annotations: { ...owner.spec.inheritedMetadata?.annotations },
    ownerReferences: [ownedBy(CLUSTERS, owner)],
  };
}

/** Labels by which network policies find what the operator runs. */
export function appLabels(cluster: string, component: "database" | "pooler"): Record<string, string> {
  return {
    "app.kubernetes.io/name": "postgresql",
    "app.kubernetes.io/instance": cluster,
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/managed-by": "cloudnative-pg",
  };
}

/** Names of the instances, the primary first. */
export function instanceNames({ metadata, spec }: PostgresqlCluster): string[] {
  return Array.from({ length: spec.instances }, (_, index) => `${metadata.name}-${index + 1}`);
}
