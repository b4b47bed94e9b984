import { FAILING, MAY_START } from "../../../live/controllers/pods/hold";
import type { Condition, Stage } from "./stage";

const OWNERS = ".metadata.ownerReferences.[] | .kind";

const isDeleted: Condition = { key: ".metadata.deletionTimestamp", operator: "Exists" };
const isNotDeleted: Condition = { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" };
const isPending: Condition = { key: ".status.phase", operator: "In", values: ["Pending"] };
/** How a Job's pod ends is not for kwok to say. */
const isOfNoJob: Condition = { key: OWNERS, operator: "NotIn", values: ["Job"] };

const MARK = `.metadata.annotations["${FAILING}"]`;
const isHeld: Condition = { key: MARK, operator: "Exists" };
const isNotHeld: Condition = { key: MARK, operator: "DoesNotExist" };
const mayStart: Condition = { key: `.metadata.annotations["${MAY_START}"]`, operator: "Exists" };

/** Time for who keeps pods from becoming ready to see a new one. */
const READY_AFTER_MS = 100;
const NEVER_MS = 24 * 3600 * 1000;

const CONDITIONS = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady"];

const conditions = CONDITIONS.map(
  (type) => `- type: ${type}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
`,
).join("");

const RUNNING = `  started: true
  state:
    running:
      startedAt: {{ $now | Quote }}
`;

const COMPLETED = `  started: false
  state:
    terminated:
      exitCode: 0
      reason: Completed
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}
`;

const CONTAINER = `- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ .image | Quote }}
  ready: true
  restartCount: 0
`;

/** Every container runs; those that come first have ended well, except for sidecars, which go on. */
const READY_STATUS = `{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
conditions:
${conditions}containerStatuses:
{{ range .spec.containers }}
${CONTAINER}${RUNNING}{{ end }}
{{ with .spec.initContainers }}
initContainerStatuses:
{{ range . }}
${CONTAINER}{{ if eq (or .restartPolicy "") "Always" }}
${RUNNING}{{ else }}
${COMPLETED}{{ end }}
{{ end }}
{{ end }}
{{ with NodeIPsWith .spec.nodeName }}
hostIP: {{ index . 0 | Quote }}
hostIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
{{ with PodIPsWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") }}
podIP: {{ index . 0 | Quote }}
podIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
`;

/**
 * Pods on our nodes: ready at once unless they are of a Job, gone at once when they are deleted.
 *
 * @param awaitLeave - a pod waits until somebody has looked at it and lets it start
 */
export const podStages = (awaitLeave: boolean): readonly Stage[] => [
  {
    name: "pod-ready",
    kind: "Pod",
    when: [isNotDeleted, isPending, isOfNoJob, isNotHeld, ...(awaitLeave ? [mayStart] : [])],
    ...(awaitLeave ? {} : { delayMs: READY_AFTER_MS }),
    next: { statusTemplate: READY_STATUS },
  },
  // What waits for its delay goes on when nothing matches any more; only another stage takes its place.
  {
    name: "pod-held",
    kind: "Pod",
    when: [isNotDeleted, isPending, isHeld],
    delayMs: NEVER_MS,
    next: { statusTemplate: "phase: Pending\n" },
  },
  // What runs in a pod gets time to end; nothing does here. Finalizers are respected.
  { name: "pod-delete", kind: "Pod", when: [isDeleted], next: { delete: true } },
];
