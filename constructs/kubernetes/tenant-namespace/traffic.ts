import type {
  NetworkPolicyV1SpecEgress,
  NetworkPolicyV1SpecIngress,
} from "@cdktf/provider-kubernetes/lib/network-policy-v1";

/** Labels by which pods are found: a pod has all of them. */
export type PodLabels = Readonly<Record<string, string>>;

/** Traffic that a namespace admits beside what it denies by default. */
export type Traffic = TrafficLine & {
  /** Pods of this namespace that the line is for, by their labels. @default - all */
  readonly pods?: PodLabels;
};

type TrafficLine =
  /** From pods of another namespace. */
  | { readonly from: "namespace"; readonly namespace: string; readonly ports: readonly number[] }
  /** From anywhere: load balancers, and the API server calling a webhook, whose addresses are not known. */
  | { readonly from: "anywhere"; readonly ports: readonly number[]; readonly why: string }
  /** Between the pods that the line is for. */
  | { readonly within: "namespace" }
  /** To pods of another namespace. */
  | { readonly to: "namespace"; readonly namespace: string; readonly ports: readonly number[] }
  /** To pods of every namespace, on any port: an ingress controller or an operator serves what is not known here. */
  | { readonly to: "cluster"; readonly why: string }
  /** To the Kubernetes API server, whose address is outside the cluster's own ranges. */
  | { readonly to: "api-server" }
  /** To the internet, but not to private or link-local ranges such as the cloud's metadata address. */
  | { readonly to: "internet"; readonly ports: readonly number[]; readonly why: string };

/** Ranges that internet egress never reaches: the cluster's own networks and the metadata service. */
export const PRIVATE_RANGES = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];

/** DNS is always allowed: without it no name resolves. */
export const DNS_EGRESS: NetworkPolicyV1SpecEgress = {
  to: [namespacePeer("kube-system")],
  ports: [
    { protocol: "UDP", port: "53" },
    { protocol: "TCP", port: "53" },
  ],
};

/** The ingress rule of an allowance, if it is one. */
export function ingressRule(traffic: Traffic): NetworkPolicyV1SpecIngress | undefined {
  if ("within" in traffic) return { from: [{ podSelector: podSelector(traffic.pods) }] };
  if (!("from" in traffic)) return undefined;
  const peers = traffic.from === "namespace" ? { from: [namespacePeer(traffic.namespace)] } : {};
  return { ...peers, ports: tcp(traffic.ports) };
}

/** The egress rule of an allowance, if it is one. */
export function egressRule(traffic: Traffic): NetworkPolicyV1SpecEgress | undefined {
  if ("within" in traffic) return { to: [{ podSelector: podSelector(traffic.pods) }] };
  if (!("to" in traffic)) return undefined;
  switch (traffic.to) {
    case "namespace":
      return { to: [namespacePeer(traffic.namespace)], ports: tcp(traffic.ports) };
    case "cluster":
      return { to: [{ namespaceSelector: {} }] };
    case "api-server":
      return { ports: tcp([443, 6443]) };
    case "internet":
      return { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: PRIVATE_RANGES } }], ports: tcp(traffic.ports) };
  }
}

/** Selects the pods that a line is for. */
export function podSelector(pods: PodLabels | undefined) {
  return pods === undefined || Object.keys(pods).length === 0 ? {} : { matchLabels: { ...pods } };
}

function namespacePeer(namespace: string) {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
}

function tcp(ports: readonly number[]) {
  return ports.map((port) => ({ protocol: "TCP", port: String(port) }));
}
