import { SECRETS, SERVICE_ACCOUNTS, SERVICES } from "../api/core";
import type { Draft } from "../api/objects";
import { controllerOf } from "../api/objects";
import { DISRUPTION_BUDGETS, type DisruptionBudget } from "../api/workloads";
import type { ClusterView } from "../loop/cluster-view";
import { type Controller, controller, type Outcome } from "../loop/controller";
import { ensure, isMadeFrom, marked } from "../loop/ensure";
import { setStatus } from "../loop/status";
import { isReady, PODS, type Pod } from "../pods/objects";
import { CLAIMS, type Claim } from "../volumes/objects";
import { backupSidecar, instanceClaims, instancePod } from "./instances";
import { archiveOf, OBJECT_STORES, storeOf, unrecoverable, usesStore } from "./object-stores";
import { BACKUPS, CLUSTERS, instanceNames, metadataOf, type PostgresqlCluster } from "./objects";
import { ensureSecrets, missingSecret } from "./secrets";
import { asksFor, ensureServices } from "./services";
import { clusterStatus, isBackupOf } from "./status";

/** Brings PostgreSQL clusters up as the operator does: secrets, Services, and for each instance a volume and a pod. */
export function postgresqlClusters(): Controller {
  return controller({
    name: "PostgreSQL cluster",
    type: CLUSTERS,
    causes: ({ whenOwned, whenConcerned }) => {
      whenOwned(PODS);
      whenOwned(CLAIMS);
      whenOwned(SERVICES);
      whenConcerned(
        SECRETS,
        // Which secrets it needs stands in its own spec and in its object stores: few enough to look at each.
        ({ metadata: { namespace } }, { metadata: secret }) => secret.namespace === namespace,
      );
      whenConcerned(SERVICES, (postgresql, service) => asksFor(postgresql, service.metadata));
      whenConcerned(OBJECT_STORES, usesStore);
      whenConcerned(BACKUPS, isBackupOf);
    },
    async reconcile(postgresql, cluster): Promise<Outcome | undefined> {
      const { metadata } = postgresql;
      if (metadata.deletionTimestamp !== undefined) return undefined;
      await ensure(cluster, SERVICE_ACCOUNTS, { metadata: metadataOf(postgresql, metadata.name) });
      await ensureSecrets(postgresql, cluster);
      const taken = await ensureServices(postgresql, cluster);
      for (const budget of budgets(postgresql)) await ensure(cluster, DISRUPTION_BUDGETS, budget);
      const missing = obstacle(postgresql, cluster);
      if (missing === undefined) await instances(postgresql, cluster);
      const ready = readyPods(postgresql, cluster);
      await setStatus(cluster, CLUSTERS, postgresql, clusterStatus(postgresql, cluster, { ready, missing }));
      const problem = missing ?? taken;
      return problem === undefined ? undefined : { problem };
    },
  });
}

/** What keeps instances from being made: a secret, the store of the backups, or what the first one starts from. */
function obstacle(postgresql: PostgresqlCluster, cluster: ClusterView): string | undefined {
  const archive = archiveOf(postgresql);
  const { namespace } = postgresql.metadata;
  if (archive !== undefined && storeOf(archive, namespace, cluster) === undefined) {
    return `ObjectStore "${archive.store}" not found`;
  }
  // What a cluster that is there was once recovered from is of no account.
  const begun = cluster
    .store(CLAIMS)
    .all()
    .some((claim) => controllerOf(claim)?.uid === postgresql.metadata.uid);
  return missingSecret(postgresql, cluster) ?? (begun ? undefined : unrecoverable(postgresql, cluster));
}

/** One instance after the other is made, or made anew when it is to look different; what is too many goes. */
async function instances(postgresql: PostgresqlCluster, cluster: ClusterView): Promise<void> {
  const wanted = instanceNames(postgresql);
  const pods = ownedPods(postgresql, cluster);
  const archive = archiveOf(postgresql);
  const store = archive && storeOf(archive, postgresql.metadata.namespace, cluster);
  const sidecars = store === undefined ? [] : [backupSidecar(store)];
  let stale: Pod | undefined;
  for (const [index, instance] of wanted.entries()) {
    for (const claim of instanceClaims(postgresql, instance)) await ensure(cluster, CLAIMS, claim);
    const draft = instancePod(postgresql, instance, index === 0, sidecars);
    const existing = pods.find(({ metadata }) => metadata.name === instance);
    if (existing === undefined) await cluster.api.apply(PODS, marked(draft));
    // The primary is the first, and the last to be restarted.
    else if (!isMadeFrom(existing, draft)) stale = index === 0 ? (stale ?? existing) : existing;
  }
  const serving = pods.filter((pod) => pod !== stale && isReady(pod));
  if (stale !== undefined && serving.length >= wanted.length - 1) await cluster.api.delete(PODS, stale.metadata);
  for (const { metadata } of pods) if (!wanted.includes(metadata.name)) await cluster.api.delete(PODS, metadata);
  for (const { metadata } of superfluousClaims(postgresql, wanted, cluster)) await cluster.api.delete(CLAIMS, metadata);
}

function ownedPods({ metadata }: PostgresqlCluster, cluster: ClusterView): Pod[] {
  return cluster
    .store(PODS)
    .all()
    .filter((pod) => controllerOf(pod)?.uid === metadata.uid);
}

function readyPods(postgresql: PostgresqlCluster, cluster: ClusterView): string[] {
  return ownedPods(postgresql, cluster)
    .filter(isReady)
    .map(({ metadata }) => metadata.name)
    .sort();
}

/** The volumes of an instance that is one too many go with it. */
function superfluousClaims({ metadata }: PostgresqlCluster, wanted: readonly string[], cluster: ClusterView): Claim[] {
  return cluster
    .store(CLAIMS)
    .all()
    .filter((claim) => controllerOf(claim)?.uid === metadata.uid)
    .filter((claim) => !wanted.includes(claim.metadata.labels?.["cnpg.io/instanceName"] ?? ""));
}

/** Replicas count from three instances on: with fewer a budget would forbid every drain. */
function budgets(postgresql: PostgresqlCluster): Draft<DisruptionBudget>[] {
  const { name } = postgresql.metadata;
  const { instances, enablePDB = true } = postgresql.spec;
  if (!enablePDB) return [];
  const budget = (suffix: string, role: string, minAvailable: number) => ({
    metadata: metadataOf(postgresql, `${name}${suffix}`),
    spec: { minAvailable, selector: { matchLabels: { "cnpg.io/cluster": name, "cnpg.io/instanceRole": role } } },
  });
  return [budget("-primary", "primary", 1), ...(instances < 3 ? [] : [budget("", "replica", instances - 2)])];
}
