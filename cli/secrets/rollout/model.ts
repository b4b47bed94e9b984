import type { ClusterApi } from "../../kubernetes/cluster-api";
import type { Patience } from "../../kubernetes/waiting";

/** A namespace of a cluster. */
export interface Place {
  readonly cluster: string;
  readonly namespace: string;
}

/** A namespace with the API server that it is reached by. */
export interface ReachedPlace extends Place {
  readonly api: ClusterApi;
}

/** An ExternalSecret that read the path again. Names only. */
export interface RefreshedSecret extends Place {
  readonly externalSecret: string;
  /** The Kubernetes secret that it fills. */
  readonly secret: string;
  /** Whether the Kubernetes secret is another one since. @default - nothing was refreshed: a dry run */
  readonly changed?: boolean;
}

/** What was done to something that uses one of the secrets. */
export type SettledAction =
  /** Its pods were made anew, and all of them are ready. */
  | "restarted"
  /** The operator set the role's password from the new secret. */
  | "password set"
  /** It has the new values already. */
  | "current";

/** Something that uses one of the secrets. */
export interface SettledUser extends Place {
  /** Such as `Deployment`, or `Role` of a PostgreSQL cluster. */
  readonly kind: string;
  readonly name: string;
  /** In a dry run what would be done. */
  readonly action: SettledAction;
}

/** A place that needs nothing, and why. */
export interface AbsentPlace extends Place {
  readonly reason: string;
}

/** What came of a rollout, in the order in which it happened. */
export interface RolloutResult {
  readonly refreshed: readonly RefreshedSecret[];
  readonly settled: readonly SettledUser[];
  readonly absent: readonly AbsentPlace[];
}

/** Takes down what happens while it does: a rollout that fails has done something too. */
export class Journal implements RolloutResult {
  readonly refreshed: RefreshedSecret[] = [];
  readonly settled: SettledUser[] = [];
  readonly absent: AbsentPlace[] = [];
}

/** What every step of a rollout is given. */
export interface RolloutRun {
  /** Path below the mount. */
  readonly path: string;
  readonly mount: string;
  /** Keys that would change; of use for a dry run only. @default - any may */
  readonly keys?: readonly string[];
  /** How long each step may take. */
  readonly patience: Patience;
  readonly journal: Journal;
  /** Takes a line for each thing that happens. */
  readonly say: (line: string) => void;
}

/** How a person finishes what a run left. */
export function finishWith({ path }: Pick<RolloutRun, "path">): string {
  return `then finish with: strata secrets rollout ${path}`;
}

/** A kind's objects in a namespace. @param group as in `apps/v1`; `v1` alone is the core group */
export function folderOf({ namespace }: Place, group: string, plural: string): string {
  return `/${group.includes("/") ? "apis" : "api"}/${group}/namespaces/${namespace}/${plural}`;
}
