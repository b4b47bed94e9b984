import { z } from "zod";
import { StrataError } from "../../constructs/core/errors";
import type { ClusterApi } from "../kubernetes/cluster-api";

/** One revision of a release, as the Secret in which Helm keeps it is labelled. Its content is never read. */
export interface ReleaseRecord {
  readonly secret: string;
  readonly release: string;
  readonly revision: number;
  /** Helm's word for it, as in `pending-install`. */
  readonly status: string;
  /** Since when it has that status, in seconds. */
  readonly age: number;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** What the program says of a release. */
export interface ReleasePlan {
  /** Longest time that one step of it may take, in seconds. */
  readonly timeout: number;
  /** A failed operation is rolled back, which may take that time again. */
  readonly atomic: boolean;
  /** Terraform knows the release. */
  readonly inState: boolean;
}

/** Whether a record is in the way of the next deployment, and may go. */
export type Verdict =
  | { readonly is: "fine" }
  | { readonly is: "stale"; readonly why: string }
  | { readonly is: "kept"; readonly problem: string; readonly fix: string };

const PENDING = ["pending-install", "pending-upgrade", "pending-rollback"];

/**
 * Judges the newest record of a release. What Helm (3.20) does with it decides:
 *
 * - Upgrade refuses while the newest revision is pending ("another operation is in progress"). Helm has no other lock,
 *   so a killed run leaves it locked for ever. Without that record, the revision before it is the newest, and it stayed
 *   `deployed`: an upgrade sets it to superseded only when it is done. Where there is none, the provider installs
 *   (`upgrade_install`), and Helm adopts what the killed run made: it carries the release's name in its annotations.
 * - An uninstall marks the newest revision `uninstalling` before it deletes anything. Uninstall goes on with such a
 *   record, and upgrade refuses it ("has no deployed releases"). While Terraform knows the release, somebody was
 *   destroying it, and without the record the rest of it would be forgotten. When Terraform doesn't, it was an atomic
 *   install that failed and was killed while it cleaned up.
 *
 * The record may still be written to: what runs Helm is a process of its own (the provider), which can outlive Terraform
 * and its state lock. So a record goes only when its time is over, by the clock of the API server.
 */
export function judge(record: ReleaseRecord, plan: ReleasePlan, force: boolean): Verdict {
  const uninstalling = record.status === "uninstalling";
  if (!uninstalling && !PENDING.includes(record.status)) return { is: "fine" };
  const since = `${record.status} for ${duration(record.age)}`;
  const limit = plan.timeout * (plan.atomic ? 2 : 1);
  const left = limit - record.age;
  if (left > 0 && !force) {
    const problem = `is ${since}: Helm may still be at it, for ${duration(left)} more`;
    return { is: "kept", problem, fix: "Run it again then, or with --force when nothing is deploying any more." };
  }
  if (uninstalling && plan.inState && !force) {
    const problem = `is ${since}, and in the state: its destruction was interrupted`;
    return { is: "kept", problem, fix: "Destroy it again, which goes on. To install it again instead: --force." };
  }
  return { is: "stale", why: since };
}

/** Revisions of the releases in a namespace by release, the newest first. */
export type ReleaseRecords = ReadonlyMap<string, readonly ReleaseRecord[]>;

const list = z.object({
  metadata: z.object({ continue: z.string().nullish() }).nullish(),
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        uid: z.string(),
        resourceVersion: z.string(),
        creationTimestamp: z.string(),
        labels: z.record(z.string(), z.string()).nullish(),
      }),
    }),
  ),
});

/** The names alone: the content of a record holds the values of its chart. */
const ONLY_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/** Reads Helm's records in a namespace. One that is not there has none. */
export async function releaseRecords(cluster: ClusterApi, namespace: string): Promise<ReleaseRecords> {
  const records: ReleaseRecord[] = [];
  const query = new URLSearchParams({ labelSelector: "owner=helm", limit: "500" });
  for (let next: string | undefined = ""; next !== undefined; ) {
    if (next !== "") query.set("continue", next);
    const path = `${folderOf(namespace)}?${query}`;
    const { body, date = new Date() } = await cluster.send({ method: "GET", path, accept: ONLY_METADATA }, [200]);
    const parsed = list.safeParse(body);
    if (!parsed.success) {
      const problem = `GET ${path}: the answer is no list of Kubernetes`;
      throw StrataError.of({ where: `API server ${cluster.host}`, problem, fix: "" });
    }
    records.push(...parsed.data.items.flatMap(({ metadata }) => recordOf(metadata, date)));
    next = parsed.data.metadata?.continue || undefined;
  }
  const names = [...new Set(records.map(({ release }) => release))];
  const revisions = (name: string) =>
    records.filter(({ release }) => release === name).sort((a, b) => b.revision - a.revision);
  return new Map(names.map((name) => [name, revisions(name)]));
}

function recordOf(metadata: z.output<typeof list>["items"][number]["metadata"], now: Date): ReleaseRecord[] {
  const { name: secret, uid, resourceVersion, creationTimestamp, labels } = metadata;
  const { name, version, status, modifiedAt } = labels ?? {};
  if (name === undefined || status === undefined || !secret.startsWith("sh.helm.release.v1.")) return [];
  // Helm notes on a label when it wrote the record again, in seconds.
  const since = Math.max(new Date(creationTimestamp).getTime(), Number(modifiedAt ?? 0) * 1000);
  const age = Math.max(0, Math.round((now.getTime() - since) / 1000));
  return [{ secret, release: name, revision: Number(version), status, age, uid, resourceVersion }];
}

/**
 * Deletes the record of one revision, unless somebody wrote to it since it was read. The objects that the revision made
 * stay.
 *
 * @returns false when somebody did
 */
export async function clearRecord(cluster: ClusterApi, namespace: string, record: ReleaseRecord): Promise<boolean> {
  const { uid, resourceVersion } = record;
  const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } };
  const path = `${folderOf(namespace)}/${encodeURIComponent(record.secret)}`;
  const { status } = await cluster.send({ method: "DELETE", path, body }, [200, 202, 404, 409]);
  return status !== 409;
}

function folderOf(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
}

/** Minutes above two of them, seconds below. */
function duration(seconds: number): string {
  return seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
