import type { Condition, Stage } from "./stage";

const READY = `.status.conditions.[] | select( .type == "Ready" ) | .status`;

/** What a kubelet says of a node that is well; `since` is the expression for when it became so. */
function conditions(since: string): string {
  return `{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ ${since} | Quote }}
{{ end }}
`;
}

const isReady: Condition = { key: READY, operator: "In", values: ["True"] };
const isNotReady: Condition = { key: READY, operator: "NotIn", values: ["True"] };

/** Leases show that a node lives; a kubelet tells of its conditions more seldom. */
const HEARTBEAT_MS = 300_000;

/** Nodes are well as soon as they are there, and stay so. Their size and addresses are what they were made with. */
export const NODE_STAGES: readonly Stage[] = [
  {
    name: "node-initialize",
    kind: "Node",
    when: [isNotReady],
    next: { statusTemplate: `${conditions("$now")}phase: Running\n` },
  },
  {
    name: "node-heartbeat",
    kind: "Node",
    when: [isReady],
    delayMs: HEARTBEAT_MS,
    next: { statusTemplate: conditions("(or .metadata.creationTimestamp $now)") },
  },
];
