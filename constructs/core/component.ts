import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ClusterTarget } from "../kubernetes/cluster-target";
import type { PodPlacement } from "../kubernetes/placement";
import type { JsonObject } from "./json";
import type { Protection } from "./protection";
import type { Finding } from "./rules";

/** What a component brings to its cluster, and what others may need from it. */
export type Capability =
  | "certificates"
  | "issuers"
  | "ingress"
  | "secret-delivery"
  | "metrics"
  | "postgresql-operator"
  | "postgresql-backup"
  | "clickhouse-operator"
  | "vault"
  | "identity"
  | "gate";

/** What every component of the catalogue takes. */
export interface ComponentProps {
  readonly target: ClusterTarget;
  /** Replicas of what can run more than once. */
  readonly replicas: 1 | 3;
  readonly protection: Protection;
  /** Where every pod of the component may and would rather run. @default - on nodes without taints */
  readonly placement?: PodPlacement;
  /** Chart values laid over the component's own. @default - none */
  readonly values?: JsonObject;
  /** Another chart version than the pinned one, exact. @default - the pinned version */
  readonly version?: string;
  /** @default - only the cluster */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A catalogue entry on a cluster. */
export abstract class Component extends Construct {
  /** What later releases depend on. */
  abstract readonly ready: readonly ITerraformDependable[];
}

/** One component in the making: what it needs decides when it is created. */
export interface ComponentStep {
  readonly name: string;
  readonly provides: readonly Capability[];
  readonly requires: readonly Capability[];
  create(dependsOn: readonly ITerraformDependable[]): Component;
}

export interface Composition {
  readonly components: ReadonlyMap<string, Component>;
  /** Requirements that no component meets. */
  readonly findings: readonly Finding[];
}

/**
 * Creates components in the order of what they require. A component whose requirement nobody provides is left out and
 * reported, naming both sides.
 *
 * @param present - capabilities that stand in lower stacks already
 */
export function compose(steps: readonly ComponentStep[], present: readonly Capability[] = []): Composition {
  const components = new Map<string, Component>();
  const providers = new Map<Capability, readonly ITerraformDependable[]>(present.map((capability) => [capability, []]));
  let waiting = [...steps];
  for (let progress = true; progress; ) {
    const next = waiting.filter((step) => step.requires.every((capability) => providers.has(capability)));
    progress = next.length > 0;
    waiting = waiting.filter((step) => !next.includes(step));
    for (const step of next) {
      const component = step.create(step.requires.flatMap((capability) => providers.get(capability) ?? []));
      components.set(step.name, component);
      for (const capability of step.provides) providers.set(capability, component.ready);
    }
  }
  return { components, findings: waiting.map((step) => unmet(step, steps, providers)) };
}

function unmet(step: ComponentStep, steps: readonly ComponentStep[], met: ReadonlyMap<Capability, unknown>): Finding {
  const missing = step.requires.filter((capability) => !met.has(capability));
  const blocked = missing.map((capability) => {
    const candidate = steps.find((other) => other.provides.includes(capability));
    return candidate === undefined ? capability : `${capability} (from ${candidate.name}, which is incomplete itself)`;
  });
  return {
    problem: `component ${step.name} requires ${blocked.join(", ")}, which no component of this cluster provides`,
    fix: `Switch on a component that provides ${missing.join(", ")}, or switch ${step.name} off.`,
  };
}
