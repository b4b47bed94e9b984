import { SECRETS, SERVICE_ACCOUNTS, SERVICES } from "../api/core";
import type { Draft } from "../api/objects";
import { controllerOf } from "../api/objects";
import { DISRUPTION_BUDGETS, type DisruptionBudget } from "../api/workloads";
import type { ClusterView } from "../loop/cluster-view";
import { type Controller, controller, type Outcome } from "../loop/controller";
import { ensure, isMadeFrom, marked } from "../loop/ensure";
import { setStatus, withCondition } from "../loop/status";
import { isReady, PODS, type Pod } from "../pods/objects";
import { CLAIMS, type Claim } from "../volumes/objects";
import { instanceClaims, instancePod } from "./instances";
import { CLUSTERS, HEALTHY, instanceNames, metadataOf, type PostgresqlCluster } from "./objects";
import { ensureSecrets, missingSecret } from "./secrets";
import { services } from "./services";

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
        ({ metadata: { namespace }, spec }, { metadata: secret }) =>
          secret.namespace === namespace && secret.name === spec.bootstrap?.initdb?.secret?.name,
      );
    },
    async reconcile(postgresql, cluster): Promise<Outcome | undefined> {
      const { metadata } = postgresql;
      if (metadata.deletionTimestamp !== undefined) return undefined;
      await ensure(cluster, SERVICE_ACCOUNTS, { metadata: metadataOf(postgresql, metadata.name) });
      await ensureSecrets(postgresql, cluster);
      for (const service of services(postgresql)) await ensure(cluster, SERVICES, service);
      for (const budget of budgets(postgresql)) await ensure(cluster, DISRUPTION_BUDGETS, budget);
      const missing = missingSecret(postgresql, cluster);
      if (missing === undefined) await instances(postgresql, cluster);
      const ready = readyPods(postgresql, cluster);
      await setStatus(cluster, CLUSTERS, postgresql, status(postgresql, ready, missing));
      return missing === undefined ? undefined : { problem: missing };
    },
  });
}

/** One instance after the other is made, or made anew when it is to look different; what is too many goes. */
async function instances(postgresql: PostgresqlCluster, cluster: ClusterView): Promise<void> {
  const wanted = instanceNames(postgresql);
  const pods = ownedPods(postgresql, cluster);
  let stale: Pod | undefined;
  for (const [index, instance] of wanted.entries()) {
    for (const claim of instanceClaims(postgresql, instance)) await ensure(cluster, CLAIMS, claim);
    const draft = instancePod(postgresql, instance, index === 0);
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

function status(postgresql: PostgresqlCluster, ready: readonly string[], missing: string | undefined): object {
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
    managedRolesStatus: { byStatus: { reconciled: (spec.managed?.roles ?? []).map(({ name }) => name) } },
    conditions: withCondition(postgresql.status?.conditions, {
      type: "Ready",
      status: healthy ? "True" : "False",
      reason: healthy ? "ClusterIsReady" : "ClusterIsNotReady",
      message: healthy ? "Cluster is Ready" : "Cluster Is Not Ready",
    }),
  };
}
