import { StrataError } from "../../../constructs/core/errors";
import { type Look, until } from "../../kubernetes/waiting";
import type { DeliveredSecret } from "./external-secrets";
import { finishWith, folderOf, type ReachedPlace, type RolloutRun } from "./model";
import { isOlderThan, type Pod, podsOf } from "./pods";
import { readWorkload, restartByTemplate, type Workload } from "./workloads";

/** What changed so lately may have been followed by a restart that is still under way. */
const FRESH_MS = 3_600_000;

/**
 * Replaces the pods that were made before the secrets that they use changed, and waits until all are ready. Pods that
 * were made later have the new values, so a second run only waits for what the first one began.
 *
 * @throws StrataError when the pods do not become ready in time; it names one and says why
 */
export async function settleWorkload(
  place: ReachedPlace,
  workload: Workload,
  delivered: readonly DeliveredSecret[],
  run: RolloutRun,
): Promise<void> {
  const used = delivered.filter(({ name }) => workload.secrets.has(name));
  const changedAt = Math.max(...used.map((each) => each.changedAt));
  const now = Math.max(...used.map((each) => each.now));
  const pods = await podsOf(place, workload.selector);
  const stale = pods.filter((pod) => used.some((secret) => isOlderThan(secret, pod)));
  const begun = (workload.restartedAt ?? 0) > changedAt;
  const byPods = workload.operatedBy !== undefined || workload.onDelete;
  const restarts = stale.length > 0 && (byPods || !begun);
  const say = (text: string) =>
    run.say(`${place.cluster}: ${workload.kind} ${place.namespace}/${workload.name}: ${text}`);
  if (restarts) say(`restarts, ${stale.length} of its pods ${stale.length === 1 ? "is" : "are"} older than the secret`);
  if (restarts && byPods) await replacePods(place, workload, stale, run, say);
  else if (restarts) await restartByTemplate(place, workload, new Date(now));
  const concerned = restarts || begun || now - changedAt < FRESH_MS;
  if (concerned) await complete(place, workload, byPods, run, say);
  const { cluster, namespace } = place;
  const { kind, name } = workload;
  run.journal.settled.push({ cluster, namespace, kind, name, action: restarts ? "restarted" : "current" });
  if (concerned) say(restarts ? "has restarted and is ready" : "has the new values already");
}

/** One pod after the other: the next one goes when all are ready again. */
async function replacePods(
  place: ReachedPlace,
  workload: Workload,
  stale: readonly Pod[],
  run: RolloutRun,
  say: (text: string) => void,
): Promise<void> {
  for (const { name, uid } of stale) {
    // A pod of the same name that is there by now is a new one.
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } };
    const path = `${folderOf(place, "v1", "pods")}/${name}`;
    await place.api.send({ method: "DELETE", path, body }, [200, 202, 404, 409]);
    await wait(place, workload, () => podsReady(place, workload, uid), run, say);
  }
}

async function complete(
  place: ReachedPlace,
  workload: Workload,
  byPods: boolean,
  run: RolloutRun,
  say: (text: string) => void,
): Promise<void> {
  const look = byPods ? () => podsReady(place, workload) : () => rolledOut(place, workload);
  await wait(place, workload, look, run, say);
}

type Seen = Look<"ready" | "gave up">;

async function rolledOut(place: ReachedPlace, workload: Workload): Promise<Seen> {
  const now = await readWorkload(place, workload);
  if (now?.waitsFor === undefined) return { done: "ready" };
  return now.gaveUp ? { done: "gave up" } : { waitsFor: now.waitsFor };
}

async function podsReady(place: ReachedPlace, workload: Workload, without?: string): Promise<Seen> {
  const now = await readWorkload(place, workload);
  if (now === undefined) return { done: "ready" };
  const pods = await podsOf(place, workload.selector);
  if (pods.some(({ uid, ends }) => ends || uid === without)) return { waitsFor: "the old pod has not ended yet" };
  const ready = pods.filter((pod) => pod.ready).length;
  return ready < now.replicas ? { waitsFor: `${ready} of ${now.replicas} pods are ready` } : { done: "ready" };
}

async function wait(
  place: ReachedPlace,
  workload: Workload,
  look: () => Promise<Seen>,
  run: RolloutRun,
  say: (text: string) => void,
): Promise<void> {
  const seen = await until(run.patience, look, say);
  if ("done" in seen && seen.done === "ready") return;
  const why =
    "waitsFor" in seen ? `within ${run.patience.timeoutMs / 1000} s: ${seen.waitsFor}` : "in the time it is given";
  const pods = await podsOf(place, workload.selector);
  // The newest is the one that was to replace the others.
  const [hung] = pods.filter(({ ready }) => !ready).sort((a, b) => b.created - a.created);
  const pod = hung && `; pod ${hung.name}: ${hung.ends ? "it was told to go and has not ended" : hung.trouble}`;
  const { kind, name } = workload;
  const subject = hung === undefined ? `${kind.toLowerCase()} ${name}` : `pod ${hung.name}`;
  throw StrataError.of({
    where: `${place.cluster}: ${kind} ${place.namespace}/${name}`,
    problem: `did not become ready ${why}${pod ?? ""}`,
    fix: `kubectl -n ${place.namespace} describe ${subject}; ${finishWith(run)}`,
  });
}
