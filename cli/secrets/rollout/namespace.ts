import { type Look, until } from "../../kubernetes/waiting";
import { all } from "./all";
import { deliveredState } from "./delivered";
import { type DeliveredSecret, isAffected, type ReadingSecret, readingSecrets, refresh } from "./external-secrets";
import type { ReachedPlace, RolloutRun } from "./model";
import { rolesUsing, settleRole } from "./postgresql";
import { settleWorkload } from "./restart";
import { type Workload, workloadsUsing } from "./workloads";

/**
 * Brings what Vault holds to everything in a namespace that uses it: first the Kubernetes secrets, then the databases
 * with operators of their own, then the rest.
 *
 * @throws StrataError with everything that did not work; what is independent of it has been done
 */
export async function rollOutNamespace(place: ReachedPlace, run: RolloutRun): Promise<void> {
  const reading = await readingIn(place, run);
  if (reading.length === 0) return;
  const delivered = await nextSecond(place, await all(reading, (each) => refresh(place, each, run)), run);
  const names = delivered.map(({ name }) => name);
  const workloads = await workloadsUsing(place, names);
  const stores = groupsByOperator(workloads);
  await all(
    [
      ...(await rolesUsing(place, names)).map((role) => () => settleRole(place, role, delivered, run)),
      ...stores.map((group) => async () => {
        for (const workload of group) await settleWorkload(place, workload, delivered, run);
      }),
    ],
    (settle) => settle(),
  );
  await all(
    workloads.filter(({ operatedBy }) => operatedBy === undefined),
    (workload) => settleWorkload(place, workload, delivered, run),
  );
}

/** Takes down what would be done in a namespace, and does nothing. */
export async function planNamespace(place: ReachedPlace, run: RolloutRun): Promise<void> {
  const { cluster, namespace } = place;
  const reading = await readingIn(place, run);
  for (const { name, secret } of reading) {
    run.journal.refreshed.push({ cluster, namespace, externalSecret: name, secret });
  }
  const names = reading.filter((each) => isAffected(each, run.keys)).map(({ secret }) => secret);
  for (const { cluster: server, role } of await rolesUsing(place, names)) {
    run.journal.settled.push({ cluster, namespace, kind: "Role", name: `${server}/${role}`, action: "password set" });
  }
  for (const { kind, name } of operatedFirst(await workloadsUsing(place, names))) {
    run.journal.settled.push({ cluster, namespace, kind, name, action: "restarted" });
  }
}

async function readingIn(place: ReachedPlace, run: RolloutRun): Promise<readonly ReadingSecret[]> {
  const reading = await readingSecrets(place, run);
  const { cluster, namespace } = place;
  if (reading.length === 0) run.journal.absent.push({ cluster, namespace, reason: "nothing reads the path there yet" });
  return reading;
}

/** The clock of the cluster counts seconds: of a pod made in the second of the change nobody could tell what it has. */
async function nextSecond(
  place: ReachedPlace,
  delivered: readonly DeliveredSecret[],
  { patience }: RolloutRun,
): Promise<readonly DeliveredSecret[]> {
  const changedAt = Math.max(...delivered.map((each) => each.changedAt));
  const newest = delivered.find((each) => each.changedAt === changedAt);
  if (newest === undefined) return delivered;
  const seen = await until(
    patience,
    async (): Promise<Look<number>> => {
      const { now = Number.POSITIVE_INFINITY } = (await deliveredState(place, newest.name)) ?? {};
      return Math.floor(now / 1000) > Math.floor(changedAt / 1000) ? { done: now } : { waitsFor: "the next second" };
    },
    () => undefined,
  );
  return "done" in seen ? delivered.map((each) => ({ ...each, now: seen.done })) : delivered;
}

/** Pods of one installation never go at the same time, even where each has a workload of its own. */
function groupsByOperator(workloads: readonly Workload[]): readonly (readonly Workload[])[] {
  const groups = new Map<string, Workload[]>();
  for (const workload of workloads) {
    if (workload.operatedBy === undefined) continue;
    groups.set(workload.operatedBy.uid, [...(groups.get(workload.operatedBy.uid) ?? []), workload]);
  }
  return [...groups.values()];
}

function operatedFirst(workloads: readonly Workload[]): readonly Workload[] {
  const operated = workloads.filter(({ operatedBy }) => operatedBy !== undefined);
  return [...operated, ...workloads.filter((each) => !operated.includes(each))];
}
