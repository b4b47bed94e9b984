import { type DraftMetadata, ownedBy } from "../api/objects";
import { type Controller, controller, type Outcome } from "../loop/controller";
import { ensure } from "../loop/ensure";
import { setStatus, timestamp } from "../loop/status";
import { archiveOf, OBJECT_STORES, storeOf, unreachable, withBackup } from "./object-stores";
import {
  BACKUPS,
  type Backup,
  CLUSTERS,
  HEALTHY,
  instanceNames,
  type PostgresqlCluster,
  SCHEDULED_BACKUPS,
  type ScheduledBackup,
} from "./objects";

/** Says that backups are made as soon as their cluster is healthy, and writes down that it can be recovered from then on. */
export function backups(): Controller {
  return controller({
    name: "PostgreSQL backup",
    type: BACKUPS,
    causes: ({ whenConcerned }) => whenConcerned(CLUSTERS, isOf),
    async reconcile(backup, cluster): Promise<Outcome | undefined> {
      const { metadata, spec, status } = backup;
      if (metadata.deletionTimestamp !== undefined || status?.phase !== undefined) return undefined;
      const server = cluster.store(CLUSTERS).get({ name: spec.cluster.name, namespace: metadata.namespace });
      if (server === undefined) return { problem: `cluster "${spec.cluster.name}" not found` };
      if (server.status?.phase !== HEALTHY) return undefined;
      const archive = archiveOf(server);
      const problem =
        archive === undefined
          ? `cluster "${spec.cluster.name}" has no plugin for backups`
          : unreachable(archive, metadata.namespace, cluster);
      const now = timestamp();
      const [pod = ""] = instanceNames(server);
      const made = { method: spec.method, startedAt: now, stoppedAt: now, instanceID: { podName: pod } };
      const id = now.replaceAll(/[-:Z]/g, "");
      const end = problem === undefined ? { phase: "completed", backupId: id, backupName: `backup-${id}` } : undefined;
      // First what survives the backup's object, so that a completed one is never unknown to the store.
      const store = archive && storeOf(archive, metadata.namespace, cluster);
      if (end !== undefined && archive !== undefined && store !== undefined) {
        await setStatus(cluster, OBJECT_STORES, store, { serverRecoveryWindow: withBackup(store, archive.server) });
      }
      await setStatus(cluster, BACKUPS, backup, { ...made, ...(end ?? { phase: "failed", error: problem }) });
      return undefined;
    },
  });
}

/** Makes the first backup of a schedule at once where it asks for that; time does not pass here, so none comes later. */
export function scheduledBackups(): Controller {
  return controller({
    name: "PostgreSQL backup schedule",
    type: SCHEDULED_BACKUPS,
    causes: ({ whenConcerned }) => whenConcerned(CLUSTERS, isOf),
    async reconcile(schedule, cluster): Promise<Outcome | undefined> {
      const { metadata, spec } = schedule;
      if (metadata.deletionTimestamp !== undefined) return undefined;
      const lastCheckTime = metadata.creationTimestamp;
      if (spec.immediate !== true) {
        await setStatus(cluster, SCHEDULED_BACKUPS, schedule, { lastCheckTime });
        return undefined;
      }
      const server = cluster.store(CLUSTERS).get({ name: spec.cluster.name, namespace: metadata.namespace });
      if (server === undefined) return { problem: `cluster "${spec.cluster.name}" not found` };
      const { cluster: of, method, pluginConfiguration, target } = spec;
      await ensure(cluster, BACKUPS, {
        metadata: firstBackup(schedule, server),
        spec: { cluster: of, method, pluginConfiguration, target },
      });
      await setStatus(cluster, SCHEDULED_BACKUPS, schedule, { lastCheckTime, lastScheduleTime: lastCheckTime });
      return undefined;
    },
  });
}

/** The name tells when; the same schedule never makes it twice. */
function firstBackup(schedule: ScheduledBackup, server: PostgresqlCluster): DraftMetadata {
  const { name, namespace, creationTimestamp = "" } = schedule.metadata;
  const owners = {
    none: [],
    self: [ownedBy(SCHEDULED_BACKUPS, schedule)],
    cluster: [ownedBy(CLUSTERS, server)],
  };
  return {
    name: `${name}-${creationTimestamp.replaceAll(/[-:TZ]/g, "")}`,
    namespace,
    labels: {
      "cnpg.io/cluster": server.metadata.name,
      "cnpg.io/scheduled-backup": name,
      "cnpg.io/immediateBackup": "true",
    },
    ownerReferences: owners[schedule.spec.backupOwnerReference ?? "none"],
  };
}

function isOf({ metadata, spec }: Backup | ScheduledBackup, server: PostgresqlCluster): boolean {
  return spec.cluster.name === server.metadata.name && metadata.namespace === server.metadata.namespace;
}
