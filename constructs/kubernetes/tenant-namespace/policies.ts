import { createHash } from "node:crypto";
import type { NetworkPolicyV1Spec } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { DNS_EGRESS, egressRule, ingressRule, type PodLabels, podSelector, type Traffic } from "./traffic";

/** A network policy of a namespace. Policies add up: what one of them admits is admitted. */
export interface Policy {
  readonly name: string;
  readonly spec: NetworkPolicyV1Spec;
}

/** The policy of all pods: it denies what nothing admits, and lets every pod resolve names. */
export function defaultPolicy(traffic: readonly Traffic[]): Policy {
  const { ingress, egress } = rules(traffic.filter(({ pods }) => isEveryPod(pods)));
  return {
    name: "default",
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress, egress: [DNS_EGRESS, ...egress] },
  };
}

/** One more policy for each choice of pods that a line of traffic names, in the order of their names. */
export function podPolicies(traffic: readonly Traffic[]): Policy[] {
  const groups = new Map<string, { readonly pods: PodLabels; readonly lines: Traffic[] }>();
  for (const line of traffic) {
    const { pods } = line;
    if (pods === undefined || isEveryPod(pods)) continue;
    const name = policyName(pods);
    const group = groups.get(name) ?? { pods, lines: [] };
    group.lines.push(line);
    groups.set(name, group);
  }
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, { pods, lines }]) => ({ name, spec: { podSelector: podSelector(pods), ...typed(rules(lines)) } }));
}

function isEveryPod(pods: PodLabels | undefined): boolean {
  return pods === undefined || Object.keys(pods).length === 0;
}

/** Readable by the values of the labels, told apart by a hash of all of them; the order of the labels is of no account. */
function policyName(pods: PodLabels): string {
  const labels = Object.entries(pods).sort(([one], [other]) => (one < other ? -1 : 1));
  const values = readable(labels.map(([, value]) => value).join("-"));
  const hash = createHash("sha256").update(JSON.stringify(labels)).digest("hex").slice(0, 8);
  return `pods-${values}-${hash}`;
}

/** What may stand in the middle of a name. */
function readable(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 40);
}

function rules(traffic: readonly Traffic[]) {
  return { ingress: defined(traffic.map(ingressRule)), egress: defined(traffic.map(egressRule)) };
}

/** A policy with no rule of a type must not name the type: nothing changes, for the default policy denies both. */
function typed({ ingress, egress }: ReturnType<typeof rules>) {
  return {
    policyTypes: [...(ingress.length > 0 ? ["Ingress"] : []), ...(egress.length > 0 ? ["Egress"] : [])],
    ...(ingress.length > 0 && { ingress }),
    ...(egress.length > 0 && { egress }),
  };
}

function defined<T>(items: readonly (T | undefined)[]): T[] {
  return items.filter((item): item is T => item !== undefined);
}
