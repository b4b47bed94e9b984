import { z } from "zod";
import { listAll } from "../../kubernetes/listing";
import type { DeliveredState } from "./delivered";
import { folderOf, type ReachedPlace } from "./model";

const waiting = z.object({ reason: z.string().default(""), message: z.string().default("") });
const running = z.object({ startedAt: z.string().nullish() });
const terminated = running.extend({ reason: z.string().default(""), exitCode: z.number().optional() });
const state = z.object({ waiting: waiting.nullish(), running: running.nullish(), terminated: terminated.nullish() });
const containerStatus = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  state: state.nullish(),
  lastState: state.nullish(),
});
const pod = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    creationTimestamp: z.string(),
    deletionTimestamp: z.string().nullish(),
  }),
  status: z
    .object({
      phase: z.string().default(""),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), message: z.string().default("") }))
        .nullish(),
      containerStatuses: z.array(containerStatus).nullish(),
      initContainerStatuses: z.array(containerStatus).nullish(),
    })
    .default({ phase: "" }),
});

type PodAnswer = z.output<typeof pod>;

/** A pod, as far as a restart is concerned with it. */
export interface Pod {
  readonly name: string;
  readonly uid: string;
  /** When it was made, by the API server's clock. */
  readonly created: number;
  /** When the first of its containers started, by the clock of its node. @default - none has */
  readonly began?: number;
  /** It was told to go. */
  readonly ends: boolean;
  readonly ready: boolean;
  /** Why it is not ready; never what a container said itself. @default - it is */
  readonly trouble?: string;
}

/** How a workload tells which pods are its own. */
export const selector = z.object({
  matchLabels: z.record(z.string(), z.string()).nullish(),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() }))
    .nullish(),
});

export type Selector = z.output<typeof selector>;

/** The pods that a selector chooses, without those that have ended, by name. */
export async function podsOf(place: ReachedPlace, chosen: Selector): Promise<readonly Pod[]> {
  const query = new URLSearchParams({ labelSelector: queryOf(chosen) });
  const all = await listAll(place.api, `${folderOf(place, "v1", "pods")}?${query}`, pod);
  return all
    .filter(({ status }) => status.phase !== "Succeeded" && status.phase !== "Failed")
    .map(podOf)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function queryOf({ matchLabels, matchExpressions }: Selector): string {
  const expressions = (matchExpressions ?? []).map(({ key, operator, values }) => {
    const set = `(${(values ?? []).join(",")})`;
    const forms: Readonly<Record<string, string>> = {
      In: `${key} in ${set}`,
      NotIn: `${key} notin ${set}`,
      Exists: key,
      DoesNotExist: `!${key}`,
    };
    return forms[operator] ?? key;
  });
  return [...Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`), ...expressions].join(",");
}

/** Clocks of nodes differ from that of the API server, and a node learns of a change a little later. */
const MARGIN_MS = 10_000;

/**
 * Whether a pod may hold what a secret held before. A pod that is older than the first values waited for them, unless it
 * had started with a secret of the same name; a container that started again has read its variables again, but what an
 * init container wrote stays.
 */
export function isOlderThan(
  { changedAt, isFirst }: Pick<DeliveredState, "changedAt" | "isFirst">,
  { created, began }: Pick<Pod, "created" | "began">,
): boolean {
  if (created > changedAt) return false;
  if (began === undefined) return !isFirst;
  return isFirst ? began < changedAt : began <= changedAt + MARGIN_MS;
}

function podOf(answer: PodAnswer): Pod {
  const { metadata, status } = answer;
  const starts = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
    .map(({ state: now }) => Date.parse(now?.running?.startedAt ?? now?.terminated?.startedAt ?? ""))
    .filter((time) => !Number.isNaN(time));
  const ready = status.conditions?.some((each) => each.type === "Ready" && each.status === "True") === true;
  return {
    name: metadata.name,
    uid: metadata.uid,
    created: Date.parse(metadata.creationTimestamp),
    ...(starts.length > 0 && { began: Math.min(...starts) }),
    ends: Boolean(metadata.deletionTimestamp),
    ready,
    ...(!ready && { trouble: troubleOf(answer) }),
  };
}

/** Messages of the cluster name containers, images, keys and nodes; a container's last words may be anything. */
function troubleOf({ status }: PodAnswer): string {
  const unplaced = status.conditions?.find((each) => each.type === "PodScheduled" && each.status === "False");
  if (unplaced !== undefined) return `no node takes it: ${unplaced.message}`;
  for (const { name, ready, state: now, lastState } of [
    ...(status.initContainerStatuses ?? []),
    ...(status.containerStatuses ?? []),
  ]) {
    const exit = now?.terminated ?? lastState?.terminated;
    const ended = exit?.exitCode ? ` (it ended with ${exit.exitCode}${exit.reason && `, ${exit.reason}`})` : "";
    if (now?.waiting?.reason) {
      const { reason, message } = now.waiting;
      return `container ${name}: ${reason}${message && `, ${message}`}${ended}`;
    }
    if (!ready && ended !== "") return `container ${name}${ended}`;
  }
  const open = (status.containerStatuses ?? []).filter(({ ready }) => !ready).map(({ name }) => name);
  if (open.length > 0) return `not ready: ${open.join(", ")}`;
  return status.phase === "" ? "it has not started" : `it is ${status.phase}`;
}
