import { SERVICES } from "../api/core";
import { DISRUPTION_BUDGETS, STATEFUL_SETS } from "../api/workloads";
import type { ClusterView } from "../loop/cluster-view";
import { type Controller, controller, type Outcome } from "../loop/controller";
import { ensure } from "../loop/ensure";
import { setStatus } from "../loop/status";
import { CLAIMS } from "../volumes/objects";
import { bytes } from "../volumes/quantity";
import { type Host, hostsOf, INSTALLATIONS, type Installation, labelsOf, metadataOf } from "./objects";
import { hostService, installationService } from "./services";
import { hostWorkload, wantedSizes } from "./workloads";

/** Brings ClickHouse installations up as Altinity's operator does; the servers' configuration is not written. */
export function clickhouseInstallations(): Controller {
  return controller({
    name: "ClickHouse installation",
    type: INSTALLATIONS,
    causes: ({ whenOwned }) => {
      whenOwned(STATEFUL_SETS);
      whenOwned(SERVICES);
    },
    async reconcile(installation, cluster): Promise<Outcome | undefined> {
      if (installation.metadata.deletionTimestamp !== undefined) return undefined;
      const hosts = hostsOf(installation);
      await ensure(cluster, SERVICES, installationService(installation));
      for (const host of hosts) {
        await ensure(cluster, SERVICES, hostService(installation, host));
        await ensureWorkload(installation, host, cluster);
      }
      for (const { name, pdbManaged, pdbMaxUnavailable } of installation.spec.configuration.clusters) {
        if (pdbManaged === "no") continue;
        const labels = { ...labelsOf(installation), "clickhouse.altinity.com/cluster": name };
        await ensure(cluster, DISRUPTION_BUDGETS, {
          metadata: metadataOf(installation, `${installation.metadata.name}-${name}`, labels),
          spec: { maxUnavailable: pdbMaxUnavailable ?? 1, selector: { matchLabels: labels } },
        });
      }
      await setStatus(cluster, INSTALLATIONS, installation, status(installation, hosts, cluster));
      return undefined;
    },
  });
}

/**
 * Claim templates of a StatefulSet cannot be changed. The operator grows the claims themselves and makes the set anew;
 * here the set keeps the templates that it was made with.
 */
async function ensureWorkload(installation: Installation, host: Host, cluster: ClusterView): Promise<void> {
  const draft = hostWorkload(installation, host);
  const { namespace } = installation.metadata;
  const existing = await cluster.api.get(STATEFUL_SETS, { name: host.name, namespace });
  const volumeClaimTemplates = existing?.spec.volumeClaimTemplates;
  const spec = draft.spec && { ...draft.spec, ...(volumeClaimTemplates && { volumeClaimTemplates }) };
  await ensure(cluster, STATEFUL_SETS, { ...draft, spec });
  for (const [name, storage] of wantedSizes(installation, host)) {
    const claim = cluster.store(CLAIMS).get({ name, namespace });
    if (claim === undefined || bytes(storage) <= bytes(claim.spec.resources?.requests?.storage)) continue;
    await cluster.api.patch(CLAIMS, claim.metadata, { spec: { resources: { requests: { storage } } } });
  }
}

function status(installation: Installation, hosts: readonly Host[], cluster: ClusterView): object {
  const { metadata, spec } = installation;
  const { clusters } = spec.configuration;
  const completed = hosts.filter((host) => isUp(host, installation, cluster));
  const service = installationService(installation).metadata.name;
  const total = (count: (layout: (typeof clusters)[number]["layout"]) => number): number =>
    clusters.reduce((sum, { layout }) => sum + count(layout), 0);
  return {
    status: completed.length === hosts.length ? "Completed" : "InProgress",
    clusters: clusters.length,
    shards: total(({ shardsCount }) => shardsCount),
    replicas: total(({ replicasCount }) => replicasCount),
    hosts: hosts.length,
    hostsCompleted: completed.length,
    pods: hosts.map(({ name }) => `${name}-0`),
    fqdns: hosts.map(({ name }) => `${name}.${metadata.namespace}.svc.cluster.local`),
    endpoint: `${service}.${metadata.namespace}.svc.cluster.local`,
  };
}

function isUp({ name }: Host, { metadata, spec }: Installation, cluster: ClusterView): boolean {
  const set = cluster.store(STATEFUL_SETS).get({ name, namespace: metadata.namespace });
  if (set === undefined || set.status?.observedGeneration !== set.metadata.generation) return false;
  return spec.stop === "yes" || ((set.status?.readyReplicas ?? 0) > 0 && (set.status?.updatedReplicas ?? 0) > 0);
}
