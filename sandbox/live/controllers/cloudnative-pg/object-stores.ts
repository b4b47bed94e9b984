import type { IObjectStore } from "../../../../constructs/components/barman-cloud/model/object-store.generated";
import { SECRETS } from "../api/core";
import type { ResourceType, Stored } from "../api/objects";
import type { ClusterView } from "../loop/cluster-view";
import { timestamp } from "../loop/status";
import type { PostgresqlCluster } from "./objects";

const PLUGIN = "barman-cloud.cloudnative-pg.io";

/** What can be recovered of a server. The real plugin, too, writes it down where the store is described. */
interface RecoveryWindow {
  readonly firstRecoverabilityPoint?: string;
  readonly lastSuccessfulBackupTime?: string;
}

/** An object store of the Barman Cloud plugin. */
export interface ObjectStore extends Stored {
  readonly spec: IObjectStore["spec"];
  readonly status?: { readonly serverRecoveryWindow?: Readonly<Record<string, RecoveryWindow>> };
}

export const OBJECT_STORES: ResourceType<ObjectStore> = {
  apiVersion: "barmancloud.cnpg.io/v1",
  kind: "ObjectStore",
  plural: "objectstores",
  namespaced: true,
  custom: true,
};

/** A server's part of an object store. */
export interface Archive {
  readonly store: string;
  readonly server: string;
}

/** Where a cluster archives its log and keeps its backups, if the plugin does it. */
export function archiveOf({ metadata, spec }: PostgresqlCluster): Archive | undefined {
  const plugin = spec.plugins?.find(
    ({ name, enabled = true, isWALArchiver }) => name === PLUGIN && enabled && isWALArchiver,
  );
  return plugin && toArchive(plugin.parameters, metadata.name);
}

/** What a cluster is recovered from, if it is and the plugin does it. */
export function sourceOf({ metadata, spec }: PostgresqlCluster): Archive | undefined {
  const source = spec.bootstrap?.recovery?.source;
  const plugin = spec.externalClusters?.find(({ name }) => name === source)?.plugin;
  return plugin?.name === PLUGIN ? toArchive(plugin.parameters, metadata.name) : undefined;
}

function toArchive(parameters: Readonly<Record<string, string>> | undefined, cluster: string): Archive {
  return { store: parameters?.barmanObjectName ?? "", server: parameters?.serverName ?? cluster };
}

/** Whether an object store is one that a cluster names. */
export function usesStore(cluster: PostgresqlCluster, { metadata }: ObjectStore): boolean {
  const named = [archiveOf(cluster)?.store, sourceOf(cluster)?.store];
  return cluster.metadata.namespace === metadata.namespace && named.includes(metadata.name);
}

/** The store of an archive. */
export function storeOf(
  archive: Archive,
  namespace: string | undefined,
  cluster: ClusterView,
): ObjectStore | undefined {
  return cluster.store(OBJECT_STORES).get({ name: archive.store, namespace });
}

/** Why nothing can be written to an archive, or read from it. */
export function unreachable(archive: Archive, namespace: string | undefined, cluster: ClusterView): string | undefined {
  const store = storeOf(archive, namespace, cluster);
  if (store === undefined) return `ObjectStore "${archive.store}" not found`;
  const { accessKeyId, secretAccessKey } = store.spec.configuration.s3Credentials ?? {};
  for (const credential of [accessKeyId, secretAccessKey]) {
    if (credential === undefined) continue;
    const secret = cluster.store(SECRETS).get({ name: credential.name, namespace });
    if (secret === undefined) return `secret "${credential.name}" not found`;
    if (!secret.data?.[credential.key]) return `secret "${credential.name}" has no ${credential.key}`;
  }
  return undefined;
}

/** Why a cluster can't be recovered: what it starts from can't be read, or has no backup that is old enough. */
export function unrecoverable(postgresql: PostgresqlCluster, cluster: ClusterView): string | undefined {
  const source = sourceOf(postgresql);
  if (source === undefined) return undefined;
  const { namespace } = postgresql.metadata;
  const problem = unreachable(source, namespace, cluster);
  if (problem !== undefined) return problem;
  const window = storeOf(source, namespace, cluster)?.status?.serverRecoveryWindow?.[source.server];
  const { targetTime } = postgresql.spec.bootstrap?.recovery?.recoveryTarget ?? {};
  const first = window?.firstRecoverabilityPoint;
  if (first !== undefined && (targetTime === undefined || Date.parse(first) <= Date.parse(targetTime)))
    return undefined;
  return `no target backup found for ${source.server}`;
}

/** What is known of an archive once a backup was made. */
export function withBackup({ status }: ObjectStore, server: string): Readonly<Record<string, RecoveryWindow>> {
  const windows = status?.serverRecoveryWindow ?? {};
  const now = timestamp();
  const firstRecoverabilityPoint = windows[server]?.firstRecoverabilityPoint ?? now;
  return { ...windows, [server]: { firstRecoverabilityPoint, lastSuccessfulBackupTime: now } };
}
