import { isJsonObject, type Json } from "../../../../constructs/core/json";
import { blocks } from "../../../../constructs/core/synth/stack-json";
import type { Synthesized } from "../../../helpers/examples";
import { at, list } from "../../../helpers/releases";

/**
 * An end of a connection: `internet`, `api-server`, or a namespace, then meaning a pod of it that no policy picks out.
 * Otherwise a pod with labels, or with whichever labels admit most.
 */
export type End = string | { readonly namespace: string; readonly labels: Readonly<Record<string, string>> | "any" };

/** Whether the network policies of both ends admit a connection to a port. */
export type Admitted = (cluster: string, from: End, to: End, port: number) => boolean;

/** The network policies of a program, as what they admit. */
export function policies({ stacks }: Synthesized): Admitted {
  const specs = new Map<string, Json[]>();
  for (const stack of stacks) {
    for (const { type, body } of blocks(stack, "resource")) {
      if (type !== "kubernetes_network_policy_v1") continue;
      const cluster = String(body.provider).replace("kubernetes.", "");
      const key = `${cluster}/${at(body, "metadata", "namespace")}`;
      specs.set(key, [...(specs.get(key) ?? []), body.spec ?? null]);
    }
  }
  const outside = (end: End) => end === "internet" || end === "api-server";
  return (cluster, from, to, port) => {
    const admits = (own: End, direction: "ingress" | "egress", peers: "from" | "to", other: End) => {
      const all = specs.get(`${cluster}/${namespaceOf(own)}`);
      if (all === undefined) throw new Error(`namespace ${namespaceOf(own)} of ${cluster} has no network policy`);
      return all
        .filter((spec) => selects(at(spec, "pod_selector"), own))
        .flatMap((spec) => list(at(spec, direction)))
        .some((rule) => {
          const open = list(rule.ports).map((each) => Number(each.port));
          if (open.length > 0 && !open.includes(port)) return false;
          const all = list(rule[peers]);
          return all.length === 0 || all.some((peer) => matches(peer, own, other));
        });
    };
    return (outside(from) || admits(from, "egress", "to", to)) && (outside(to) || admits(to, "ingress", "from", from));
  };
}

function namespaceOf(end: End): string {
  return typeof end === "string" ? end : end.namespace;
}

function selects(selector: Json | undefined, end: End): boolean {
  const labels = at(selector, "match_labels");
  const wanted = Object.entries(isJsonObject(labels) ? labels : {});
  const has = typeof end === "string" ? {} : end.labels;
  return has === "any" || wanted.every(([key, value]) => has[key] === value);
}

function matches(peer: Json, own: End, other: End): boolean {
  if (at(peer, "ip_block", "cidr") === "0.0.0.0/0") return other === "internet";
  if (!selects(at(peer, "pod_selector"), other)) return false;
  const selector = at(peer, "namespace_selector");
  if (selector === undefined) return namespaceOf(other) === namespaceOf(own);
  const name = at(selector, "match_labels", "kubernetes.io/metadata.name");
  return name === undefined ? other !== "internet" && other !== "api-server" : name === namespaceOf(other);
}
