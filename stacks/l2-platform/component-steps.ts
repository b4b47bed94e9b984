import type { ITerraformDependable } from "cdktf";
import type { Capability, Component, ComponentProps, ComponentStep } from "../../constructs/core/component";
import type { ClusterTarget } from "../../constructs/kubernetes/cluster-target";
import type { Cluster, ComponentName } from "../../schema/model";
import { poolPlacement } from "../pool-placement";

/** What a component class says of itself. */
interface ComponentClass {
  readonly NAME: ComponentName;
  readonly PROVIDES: readonly Capability[];
  readonly REQUIRES: readonly Capability[];
}

/** What those of several components provide that a cluster has switched on. */
export function provided(cluster: Cluster, types: readonly ComponentClass[]): Capability[] {
  return types.filter((type) => cluster.components[type.NAME] !== false).flatMap((type) => type.PROVIDES);
}

/**
 * The step that creates a component on a cluster, unless the cluster has it switched off.
 *
 * @param create - receives what every component takes, filled from the cluster's settings
 */
export function step(
  cluster: Cluster,
  target: ClusterTarget,
  type: ComponentClass,
  create: (props: ComponentProps) => Component,
): ComponentStep[] {
  const settings = cluster.components[type.NAME];
  if (settings === false) return [];
  const base = {
    target,
    replicas: cluster.replicas,
    protection: cluster.protection,
    placement: poolPlacement(cluster, "general-restricted"),
  };
  return [
    {
      name: type.NAME,
      provides: type.PROVIDES,
      requires: type.REQUIRES,
      create: (dependsOn: readonly ITerraformDependable[]) => create({ ...base, ...settings, dependsOn }),
    },
  ];
}
