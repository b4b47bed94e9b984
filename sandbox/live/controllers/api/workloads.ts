import type { IDeploymentSpec } from "kubernetes-models/apps/v1/DeploymentSpec";
import type { IStatefulSetSpec } from "kubernetes-models/apps/v1/StatefulSetSpec";
import type { IPodDisruptionBudgetSpec } from "kubernetes-models/policy/v1/PodDisruptionBudgetSpec";
import type { ResourceType, Stored } from "./objects";

/** How far a workload is. */
interface Progress {
  readonly observedGeneration?: number;
  readonly readyReplicas?: number;
  readonly updatedReplicas?: number;
}

export interface Deployment extends Stored {
  readonly spec: IDeploymentSpec;
  readonly status?: Progress;
}

export const DEPLOYMENTS: ResourceType<Deployment> = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
};

export interface StatefulSet extends Stored {
  readonly spec: IStatefulSetSpec;
  readonly status?: Progress;
}

export const STATEFUL_SETS: ResourceType<StatefulSet> = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  plural: "statefulsets",
  namespaced: true,
};

export interface DisruptionBudget extends Stored {
  readonly spec: IPodDisruptionBudgetSpec;
}

export const DISRUPTION_BUDGETS: ResourceType<DisruptionBudget> = {
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  plural: "poddisruptionbudgets",
  namespaced: true,
};
