import { SECRETS } from "../api/core";
import type { ClusterView } from "../loop/cluster-view";
import { type Condition, withCondition } from "../loop/status";
import { instanceClaims } from "./instances";
import { archiveOf, unreachable } from "./object-stores";
import { BACKUPS, type Backup, HEALTHY, instanceNames, type PostgresqlCluster } from "./objects";

/** The status of a cluster. */
export function clusterStatus(
  postgresql: PostgresqlCluster,
  cluster: ClusterView,
  { ready, missing }: { readonly ready: readonly string[]; readonly missing: string | undefined },
): object {
  const { metadata, spec } = postgresql;
  const names = instanceNames(postgresql);
  const [primary = ""] = names;
  const healthy = names.every((name) => ready.includes(name));
  const claims = names.flatMap((name) => instanceClaims(postgresql, name)).map((claim) => claim.metadata.name);
  return {
    instances: spec.instances,
    readyInstances: ready.length,
    phase: healthy
      ? HEALTHY
      : ready.includes(primary)
        ? "Waiting for the instances to become active"
        : "Setting up primary",
    phaseReason: missing ?? "",
    currentPrimary: ready.includes(primary) ? primary : "",
    targetPrimary: primary,
    instanceNames: names,
    instancesStatus: { healthy: ready },
    latestGeneratedNode: spec.instances,
    pvcCount: claims.length,
    healthyPVC: claims,
    writeService: `${metadata.name}-rw`,
    readService: `${metadata.name}-r`,
    image: spec.imageName,
    managedRolesStatus: {
      byStatus: { reconciled: (spec.managed?.roles ?? []).map(({ name }) => name) },
      passwordStatus: passwords(postgresql, cluster, ready.includes(primary)),
    },
    conditions: [
      readiness(healthy),
      ...archiving(postgresql, cluster, healthy),
      ...lastBackup(postgresql, cluster),
    ].reduce<readonly Condition[]>(withCondition, postgresql.status?.conditions ?? []),
  };
}

/**
 * The version of each role's secret that its password was set from. As long as no primary serves nothing is set, and a
 * secret without the label is not followed.
 */
function passwords({ metadata, spec, status }: PostgresqlCluster, cluster: ClusterView, serves: boolean) {
  const known = status?.managedRolesStatus?.passwordStatus ?? {};
  if (!serves) return known;
  return Object.fromEntries(
    (spec.managed?.roles ?? []).flatMap(({ name, passwordSecret }) => {
      if (passwordSecret === undefined) return [];
      const secret = cluster.store(SECRETS).get({ name: passwordSecret.name, namespace: metadata.namespace });
      const follows = known[name] === undefined || secret?.metadata.labels?.["cnpg.io/reload"] === "true";
      const resourceVersion = follows ? secret?.metadata.resourceVersion : known[name]?.resourceVersion;
      return resourceVersion === undefined ? [] : [[name, { resourceVersion }]];
    }),
  );
}

type NewCondition = Omit<Condition, "lastTransitionTime">;

function readiness(healthy: boolean): NewCondition {
  return {
    type: "Ready",
    status: healthy ? "True" : "False",
    reason: healthy ? "ClusterIsReady" : "ClusterIsNotReady",
    message: healthy ? "Cluster is Ready" : "Cluster Is Not Ready",
  };
}

/** Whether the log is archived; nothing is said before there is one. */
function archiving(postgresql: PostgresqlCluster, cluster: ClusterView, healthy: boolean): NewCondition[] {
  const archive = archiveOf(postgresql);
  if (archive === undefined || !healthy) return [];
  const problem = unreachable(archive, postgresql.metadata.namespace, cluster);
  return [
    {
      type: "ContinuousArchiving",
      status: problem === undefined ? "True" : "False",
      reason: problem === undefined ? "ContinuousArchivingSuccess" : "ContinuousArchivingFailing",
      message: problem ?? "Continuous archiving is working",
    },
  ];
}

/** How the newest backup ended. */
function lastBackup(postgresql: PostgresqlCluster, cluster: ClusterView): NewCondition[] {
  const [newest] = cluster
    .store(BACKUPS)
    .all()
    .filter((backup) => isBackupOf(postgresql, backup) && backup.status?.phase !== undefined)
    .sort((one, other) => ((one.status?.stoppedAt ?? "") < (other.status?.stoppedAt ?? "") ? 1 : -1));
  if (newest === undefined) return [];
  const { phase, error = "" } = newest.status ?? {};
  return [
    phase === "completed"
      ? { type: "LastBackupSucceeded", status: "True", reason: "LastBackupSucceeded", message: "Backup was successful" }
      : { type: "LastBackupSucceeded", status: "False", reason: "LastBackupFailed", message: error },
  ];
}

/** Whether a backup is one of a cluster's. */
export function isBackupOf({ metadata }: PostgresqlCluster, backup: Backup): boolean {
  return backup.spec.cluster.name === metadata.name && backup.metadata.namespace === metadata.namespace;
}
