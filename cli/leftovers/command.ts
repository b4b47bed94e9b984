import path from "node:path";
import { type Issue, StrataError } from "../../constructs/core/errors";
import { stackId } from "../../constructs/core/names";
import { readManifest } from "../atlantis/manifest";
import { type ApiTransport, apiTransport } from "../kubernetes/api-server";
import { type ClusterAccess, clusterAccess } from "../kubernetes/cluster-access";
import type { RetryPolicy } from "../retry";
import type { Session } from "../session";
import { type OutputReader, terraformOutputs } from "../terraform/outputs";
import { type Confirm, confirmRelease } from "./confirm";
import { findLeftovers, type ReachOptions } from "./find";
import { countOf, isKept, type Leftovers, type Volume } from "./model";
import { objections, releaseVolumes, type VolumeRelease } from "./release";
import { type ClusterReport, printReport } from "./report";

export interface LeftoversOptions {
  /** Folder of the synthesized program. */
  readonly dir: string;
  /** Clusters to look at; all of the program where none is named. */
  readonly cluster: readonly string[];
  /** `true`: all released volumes; names: those. @default - none */
  readonly releaseVolumes?: true | readonly string[];
  /** Clusters whose volumes may be released without a question. */
  readonly yes: readonly string[];
  readonly json?: boolean;
}

/** What the command reaches outside; tests hand in their own. */
export interface LeftoversReach {
  readonly outputs: OutputReader;
  readonly transport: (access: ClusterAccess) => ApiTransport;
  readonly confirm: Confirm;
}

/** A cluster that was looked at, and what it is reached with. */
interface Surveyed {
  readonly cluster: string;
  readonly left: Leftovers;
  /** @default - it was never deployed */
  readonly reached?: { readonly transport: ApiTransport; readonly how: ReachOptions };
}

/** `strata leftovers`: 0 nothing is left, 2 something is, 1 a problem. */
export async function leftovers(
  session: Session,
  options: LeftoversOptions,
  reach: Partial<LeftoversReach> = {},
): Promise<number> {
  const folder = path.resolve(session.cwd, options.dir);
  const outputs = reach.outputs ?? terraformOutputs(folder, session.env);
  const connect = reach.transport ?? ((access: ClusterAccess) => apiTransport(access));
  const confirm = reach.confirm ?? confirmRelease(session, options);
  const issues: Issue[] = [];
  const surveyed: Surveyed[] = [];
  for (const cluster of clustersOf(folder, options.cluster)) {
    await collect(issues, async () => void surveyed.push(await survey(cluster, outputs, connect, session.retry)));
  }
  // With a cluster that could not be looked at, a name may be anybody's.
  const chosen = issues.length > 0 ? new Map<string, readonly Volume[]>() : chosenVolumes(surveyed, options);
  const reports: ClusterReport[] = [];
  for (const { cluster, left, reached } of surveyed) {
    const volumes = chosen.get(cluster) ?? [];
    let released: readonly VolumeRelease[] = [];
    await collect(issues, async () => {
      if (reached === undefined || volumes.length === 0) return;
      await confirm(cluster, volumes);
      released = await releaseVolumes(reached.transport, volumes, reached.how);
    });
    reports.push({ cluster, deployed: reached !== undefined, left, released });
  }
  const result = { schemaVersion: 1, clusters: reports, problems: issues };
  if (options.json) session.terminal.out(JSON.stringify(result, undefined, 2));
  else printReport(session.terminal, reports, issues);
  if (issues.length > 0) return 1;
  return reports.some(({ left }) => countOf(left) > 0) ? 2 : 0;
}

/** Keeps what a user can mend, so that one cluster does not hide the others. */
async function collect(issues: Issue[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StrataError)) throw error;
    issues.push(...error.issues);
  }
}

async function survey(
  cluster: string,
  outputs: OutputReader,
  connect: LeftoversReach["transport"],
  retry: RetryPolicy,
): Promise<Surveyed> {
  const deployed = (await outputs(stackId.cluster(cluster))).size > 0;
  if (!deployed) return { cluster, left: { loadBalancers: [], volumes: [], namespaces: [], objects: [] } };
  const access = await clusterAccess(cluster, outputs);
  const reached = { transport: connect(access), how: { host: access.host, retry } };
  return { cluster, left: await findLeftovers(reached.transport, reached.how), reached };
}

function clustersOf(folder: string, named: readonly string[]): readonly string[] {
  if (named.length > 0) return [...new Set(named)];
  const start = stackId.cluster("");
  return readManifest(folder)
    .filter(({ id }) => id.startsWith(start))
    .map(({ id }) => id.slice(start.length));
}

/** The volumes to release, by cluster; refused as a whole when one of them is not there or not released. */
function chosenVolumes(
  found: readonly Surveyed[],
  { releaseVolumes: asked }: LeftoversOptions,
): ReadonlyMap<string, readonly Volume[]> {
  if (asked === undefined) return new Map();
  if (asked === true) return new Map(found.map(({ cluster, left }) => [cluster, left.volumes.filter(isKept)]));
  const all = found.flatMap(({ left }) => left.volumes);
  const issues = asked.flatMap((name) => {
    const fix = "Take a name from the table of `strata leftovers`.";
    const matching = all.filter((volume) => volume.name === name);
    if (matching.length === 0) return [{ where: `volume ${name}`, problem: "there is no such volume", fix }];
    return matching.flatMap(objections);
  });
  if (issues.length > 0) throw new StrataError(issues);
  return new Map(found.map(({ cluster, left }) => [cluster, left.volumes.filter(({ name }) => asked.includes(name))]));
}
