import { listAll, read } from "../../kubernetes/listing";
import { folderOf, type ReachedPlace } from "./model";
import { secretsOf } from "./pod-secrets";
import type { Selector } from "./pods";
import { missingOf, type WorkloadAnswer, type WorkloadKind, workload } from "./workload-status";

/** kubectl restarts by this annotation of the pod template: another value makes another template. */
export const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

const KINDS: Readonly<Record<WorkloadKind, string>> = {
  Deployment: "deployments",
  StatefulSet: "statefulsets",
  DaemonSet: "daemonsets",
};

/** Something that makes pods which use one of the secrets. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly name: string;
  /** Secrets that its pods take values from. */
  readonly secrets: ReadonlySet<string>;
  readonly selector: Selector;
  readonly replicas: number;
  /**
   * The object whose operator made it. The operator would take back a change of the template, or restart the pods once
   * more, so the pods themselves are replaced. @default - nobody: it is changed as kubectl does
   */
  readonly operatedBy?: { readonly kind: string; readonly name: string; readonly uid: string };
  /** Pods are replaced only by who deletes them. */
  readonly onDelete: boolean;
  /** When its template was last told to restart. @default - never */
  readonly restartedAt?: number;
  /** What its rollout waits for. @default - it is complete */
  readonly waitsFor?: string;
  /** Its controller has given up on the rollout. */
  readonly gaveUp: boolean;
}

/** The workloads of a namespace that use one of the secrets, by kind and name. */
export async function workloadsUsing(place: ReachedPlace, secrets: readonly string[]): Promise<readonly Workload[]> {
  const found: Workload[] = [];
  for (const kind of Object.keys(KINDS).filter(isKind)) {
    for (const each of await listAll(place.api, folderOf(place, "apps/v1", KINDS[kind]), workload)) {
      found.push(workloadOf(kind, each));
    }
  }
  return found.filter((each) => secrets.some((secret) => each.secrets.has(secret)));
}

/** The workload as it is now; undefined when it is gone. */
export async function readWorkload(place: ReachedPlace, { kind, name }: Workload): Promise<Workload | undefined> {
  const path = pathOf(place, kind, name);
  const answer = await place.api.send({ method: "GET", path }, [200, 404]);
  return answer.status === 404 ? undefined : workloadOf(kind, read(place.api, path, workload, answer.body));
}

/** Lets its controller replace all pods, in its own order. */
export async function restartByTemplate(place: ReachedPlace, { kind, name }: Workload, at: Date): Promise<void> {
  const annotations = { [RESTARTED_AT]: at.toISOString().replace(/\.\d+Z$/, "Z") };
  const body = { spec: { template: { metadata: { annotations } } } };
  await place.api.send({ method: "PATCH", path: pathOf(place, kind, name), body }, [200, 404]);
}

function pathOf(place: ReachedPlace, kind: WorkloadKind, name: string): string {
  return `${folderOf(place, "apps/v1", KINDS[kind])}/${name}`;
}

function isKind(text: string): text is WorkloadKind {
  return Object.hasOwn(KINDS, text);
}

function workloadOf(kind: WorkloadKind, answer: WorkloadAnswer): Workload {
  const { metadata, spec, status } = answer;
  const owner = metadata.ownerReferences.find(({ controller }) => controller);
  const restarted = Date.parse(spec.template.metadata?.annotations?.[RESTARTED_AT] ?? "");
  const waitsFor = missingOf(kind, answer);
  return {
    kind,
    name: metadata.name,
    secrets: secretsOf(spec.template.spec),
    selector: spec.selector,
    replicas: kind === "DaemonSet" ? status.desiredNumberScheduled : spec.replicas,
    onDelete: spec.updateStrategy?.type === "OnDelete",
    // What stands there before the controller has seen the change is of the rollout before.
    gaveUp:
      status.observedGeneration >= metadata.generation &&
      (status.conditions ?? []).some(({ reason }) => reason === "ProgressDeadlineExceeded"),
    ...(owner && { operatedBy: owner }),
    ...(!Number.isNaN(restarted) && { restartedAt: restarted }),
    ...(waitsFor !== undefined && { waitsFor }),
  };
}
