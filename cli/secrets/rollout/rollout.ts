import { type Issue, StrataError } from "../../../constructs/core/errors";
import { dataNamespace, stackId } from "../../../constructs/core/names";
import type { SecretDeclaration } from "../../../constructs/core/secrets";
import type { ApiTransport } from "../../kubernetes/api-server";
import { type ClusterAccess, clusterAccess } from "../../kubernetes/cluster-access";
import { type ClusterApi, clusterApi } from "../../kubernetes/cluster-api";
import type { Patience } from "../../kubernetes/waiting";
import { remembered } from "../../remember";
import type { RetryPolicy } from "../../retry";
import type { OutputReader } from "../../terraform/outputs";
import { all } from "./all";
import { finishWith, Journal, type Place, type RolloutResult, type RolloutRun } from "./model";
import { planNamespace, rollOutNamespace } from "./namespace";

/** How the clusters are reached. */
export interface ClusterReach {
  readonly outputs: OutputReader;
  readonly transport: (access: ClusterAccess) => ApiTransport;
  readonly retry: RetryPolicy;
}

export interface RolloutSettings extends ClusterReach {
  readonly mount: string;
  readonly dryRun: boolean;
  /** Keys that would change, for a dry run. @default - any may */
  readonly keys?: readonly string[];
  readonly patience: Patience;
  readonly say: (line: string) => void;
}

/** What was done, and what did not work. */
export interface RolloutOutcome extends RolloutResult {
  readonly issues: readonly Issue[];
}

/**
 * Brings the values of a path to everything that uses them, in the clusters of all of its readers: the stores of the
 * path's environment first, and when they have settled the applications. It decides by what it finds, so it can be ended
 * at any point and run again.
 */
export async function rollOut(
  { path, readers }: Pick<SecretDeclaration, "path" | "readers">,
  settings: RolloutSettings,
): Promise<RolloutOutcome> {
  const journal = new Journal();
  const run: RolloutRun = { path, journal, ...settings };
  const connect = remembered((cluster) => reach(cluster, settings));
  const issues: Issue[] = [];
  for (const places of phases(path, readers)) {
    // An application that starts with another password than its database has would not come up.
    if (issues.length > 0 && !settings.dryRun) {
      issues.push(...places.map((place) => leftAsItWas(path, place)));
      continue;
    }
    try {
      await all(places, async (place) => {
        const api = await connect(place.cluster);
        if (api === undefined) journal.absent.push({ ...place, reason: "the cluster was never deployed" });
        else await (settings.dryRun ? planNamespace : rollOutNamespace)({ ...place, api }, run);
      });
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
      issues.push(...error.issues);
    }
  }
  const { refreshed, settled, absent } = journal;
  return { refreshed, settled, absent, issues };
}

/** Undefined for a cluster that was never deployed. */
async function reach(cluster: string, { outputs, transport, retry }: ClusterReach): Promise<ClusterApi | undefined> {
  if ((await outputs(stackId.cluster(cluster))).size === 0) return undefined;
  const access = await clusterAccess(cluster, outputs);
  return clusterApi(access.host, transport(access), retry);
}

/** The namespace of the stores, then all others. */
function phases(path: string, readers: SecretDeclaration["readers"]): readonly (readonly Place[])[] {
  const places = [
    ...new Map(readers.map(({ cluster, namespace }) => [`${cluster}/${namespace}`, { cluster, namespace }])).values(),
  ];
  const stores = places.filter((place) => isStores(path, place));
  return [stores, places.filter((place) => !stores.includes(place))].filter((phase) => phase.length > 0);
}

function isStores(path: string, { namespace }: Place): boolean {
  return namespace === dataNamespace(path.split("/")[0] ?? "");
}

function leftAsItWas(path: string, { cluster, namespace }: Place): Issue {
  const problem = "keeps the values from before, because the stores have not settled";
  return { where: `${cluster}: ${namespace}`, problem, fix: `Mend what stands in the way, ${finishWith({ path })}` };
}
