import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ResourceQuotaV1 } from "@cdktf/provider-kubernetes/lib/resource-quota-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { isDnsLabel } from "../../core/names";
import { claimOwnership } from "../../core/ownership";
import { type Protection, preventDestroy } from "../../core/protection";
import { addRule } from "../../core/rules";
import type { ClusterTarget } from "../cluster-target";
import { defaultPolicy, type Policy, podPolicies } from "./policies";
import type { Traffic } from "./traffic";

/** Pod Security level a namespace enforces; anything below `restricted` says why. */
export type PodSecurity = "restricted" | { readonly level: "baseline" | "privileged"; readonly reason: string };

export interface TenantNamespaceProps {
  readonly target: ClusterTarget;
  /** Name of the namespace; it has one owner in the whole program. */
  readonly name: string;
  /** @default "restricted" */
  readonly podSecurity?: PodSecurity;
  /** Traffic admitted beside DNS; everything else is denied. @default - none */
  readonly traffic?: readonly Traffic[];
  /** Hard limits such as `requests.memory: 8Gi`. @default - none */
  readonly quota?: Readonly<Record<string, string>>;
  /** A retained namespace can't be destroyed by accident: what is in it would go with it. @default "delete" */
  readonly protection?: Protection;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A namespace that enforces Pod Security and denies traffic unless it is allowed. */
export class TenantNamespace extends Construct {
  readonly name: string;
  /** What is created in the namespace depends on this. */
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: TenantNamespaceProps) {
    super(scope, id);
    this.name = props.name;
    const { target } = props;
    const level = typeof props.podSecurity === "object" ? props.podSecurity.level : "restricted";
    const namespace = new NamespaceV1(this, "namespace", {
      provider: target.kubernetes,
      metadata: { name: props.name, labels: { ...securityLabels(level), ...props.labels } },
      dependsOn: [target.record],
      lifecycle: lifecycle(preventDestroy(this, props.protection ?? "delete")),
    });
    this.ready = namespace;
    this.isolate(props, namespace);
    if (props.quota !== undefined) {
      new ResourceQuotaV1(this, "quota", {
        provider: target.kubernetes,
        metadata: { name: "quota", namespace: props.name },
        spec: { hard: props.quota },
        dependsOn: [namespace],
      });
    }
    claimOwnership(this, "namespace", `${target.cluster}/${props.name}`);
    addRule(this, () =>
      isDnsLabel(props.name)
        ? []
        : [
            {
              problem: "namespace name is not a DNS label",
              value: props.name,
              fix: "Use at most 63 of a-z, 0-9 and -.",
            },
          ],
    );
  }

  private isolate(props: TenantNamespaceProps, namespace: NamespaceV1): void {
    const traffic = props.traffic ?? [];
    const policy = (id: string, { name, spec }: Policy) =>
      new NetworkPolicyV1(this, id, {
        provider: props.target.kubernetes,
        metadata: { name, namespace: props.name },
        spec,
        dependsOn: [namespace],
      });
    policy("network-policy", defaultPolicy(traffic));
    for (const one of podPolicies(traffic)) policy(`network-policy-${one.name}`, one);
  }
}

function securityLabels(level: string): Record<string, string> {
  return Object.fromEntries(["enforce", "warn", "audit"].map((mode) => [`pod-security.kubernetes.io/${mode}`, level]));
}

function lifecycle(prevent: true | undefined) {
  return prevent ? { preventDestroy: true } : undefined;
}
