import { StrataError } from "../../constructs/core/errors";
import type { ClusterApi } from "../kubernetes/cluster-api";
import { remembered } from "../remember";
import type { ProgramResource, ProgramStack } from "./program";
import type { Recovery } from "./recovery";
import { clearRecord, judge, type ReleaseRecord, releaseRecords } from "./releases";

/** Helm's own default, in seconds. */
const DEFAULT_TIMEOUT = 300;

/** A record that is in the way. */
interface StaleRecord {
  readonly record: ReleaseRecord;
  readonly why: string;
}

/** Clears what a killed run left in Helm's records and what would stop the next one. */
export async function clearReleases(stack: ProgramStack, recovery: Recovery): Promise<void> {
  const { states, eyes, report, dryRun } = recovery;
  const records = new Map<string, ReturnType<typeof releaseRecords>>();
  const recordsIn = (cluster: ClusterApi, namespace: string) => {
    const key = `${cluster.host} ${namespace}`;
    const answer = records.get(key) ?? releaseRecords(cluster, namespace);
    records.set(key, answer);
    return answer;
  };
  // A deployment may have begun since the state was read: then it holds the lock by now.
  const unlocked = remembered(async (id) => {
    const { lock } = await states.again(id);
    if (lock !== undefined) throw states.lockedBy(id, lock);
  });
  for (const resource of stack.resources.filter(({ type }) => type === "helm_release")) {
    try {
      const cluster = await eyes.clusterOf(resource);
      const name = await eyes.values.need(resource, "name");
      const namespace = (await eyes.values.text(resource, "namespace")) ?? "default";
      const revisions = (await recordsIn(cluster, namespace)).get(name) ?? [];
      for (const { record, why } of await staleRecords(resource, `${namespace}/${name}`, revisions, recovery)) {
        if (!dryRun) await unlocked(stack.id);
        if (!dryRun && !(await clearRecord(cluster, namespace, record))) throw writtenTo(resource, record);
        report.add(stack.id, `release ${namespace}/${name}, revision ${record.revision}`, "release cleared", why);
      }
    } catch (error) {
      report.fail(error, `${stack.id} ${resource.address}`);
    }
  }
}

/** The newest records as long as they are in the way. */
async function staleRecords(
  resource: ProgramResource,
  release: string,
  revisions: readonly ReleaseRecord[],
  { states, report, force }: Recovery,
): Promise<readonly StaleRecord[]> {
  const { state } = await states.of(resource.stack);
  const plan = {
    timeout: typeof resource.body.timeout === "number" ? resource.body.timeout : DEFAULT_TIMEOUT,
    atomic: resource.body.atomic === true,
    inState: state.objects.some(({ address, deposed }) => address === resource.address && !deposed),
  };
  const stale: StaleRecord[] = [];
  for (const record of revisions) {
    const verdict = judge(record, plan, force);
    if (verdict.is === "stale") stale.push({ record, why: verdict.why });
    if (verdict.is === "fine") break;
    if (verdict.is === "kept") {
      const where = `${resource.stack} release ${release}`;
      report.fail(StrataError.of({ where, problem: verdict.problem, fix: verdict.fix }));
      break;
    }
  }
  return stale;
}

function writtenTo({ stack, address }: ProgramResource, { secret }: ReleaseRecord): StrataError {
  return StrataError.of({
    where: `${stack} ${address}`,
    problem: `Helm has just written to its record ${secret}: something is deploying`,
    fix: "Run it again when that has ended.",
  });
}
