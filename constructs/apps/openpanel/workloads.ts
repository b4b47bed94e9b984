import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import { restrictedContainer, restrictedPod } from "../../kubernetes/restricted-pod";
import type { AppPlacement } from "../app";
import { autoscaler } from "./autoscaler";
import { environment } from "./environment";
import { image } from "./images";
import { PODS, PORT, WEB_LABEL, workload } from "./names";
import { type OpenPanelSettings, WORKLOADS, type WorkloadName } from "./settings";

/** User `node` of the base image; the images themselves start as root. */
export const NODE_USER = 1000;

/** The deep `/healthcheck` asks every store: as a liveness probe it would restart the pods when a store is away. */
const PROBES: Readonly<Record<WorkloadName, { readonly live: string; readonly ready: string }>> = {
  api: { live: "/healthz/live", ready: "/healthz/ready" },
  dashboard: { live: "/api/healthcheck", ready: "/api/healthcheck" },
  worker: { live: "/healthz/live", ready: "/healthz/ready" },
};

/**
 * Every kind is stated, requests and limits: a quota that names one refuses pods without it. Node uses one processor
 * and a little for its collector, so a limit of two never slows it down.
 */
const RESOURCES = {
  requests: { cpu: "250m", memory: "512Mi", "ephemeral-storage": "64Mi" },
  limits: { cpu: "2", memory: "2Gi", "ephemeral-storage": "512Mi" },
};

/** Time for the endpoints to forget a pod before it refuses requests. */
const PRE_STOP_SECONDS = 5;
/** The pre-stop pause, and the 15 s (api) or 20 s (worker) after which the processes give up by themselves. */
const GRACE_SECONDS = 45;
/** Two minutes to start. */
const STARTUP = { periodSeconds: 3, failureThreshold: 40 };
/** A rollout that gets nowhere says so itself before Helm gives up; a new node takes some minutes to come. */
const PROGRESS_SECONDS = 480;
/** How long Helm waits for the rollout. */
export const ROLLOUT_SECONDS = 600;

/** Deployments with what belongs to each: Service, service account, disruption budget, autoscaler. */
export function workloads(placement: AppPlacement, settings: OpenPanelSettings): ManifestObject[] {
  return WORKLOADS.flatMap((name) => [
    new ServiceAccount({ metadata: metadata(name, placement), automountServiceAccountToken: false }),
    deployment(name, placement, settings),
    new Service({
      metadata: metadata(name, placement),
      spec: { selector: labels(name), ports: [{ name: "http", port: PORT, targetPort: "http" }] },
    }),
    new PodDisruptionBudget({
      metadata: metadata(name, placement),
      // Never `minAvailable`: with one replica it would forbid every drain. Pods that are broken anyway hinder none.
      spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels: labels(name) } },
    }),
    ...(name === "dashboard" ? [] : [autoscaler(metadata(name, placement), settings.replicas[name])]),
  ]);
}

function labels(name: WorkloadName): Record<string, string> {
  return { ...PODS[name], "app.kubernetes.io/part-of": "openpanel" };
}

/** Labels of the pods: those of the selector, which can't change, and who reaches them. */
function podLabels(name: WorkloadName): Record<string, string> {
  return { ...labels(name), ...(name === "worker" ? {} : WEB_LABEL) };
}

function metadata(name: WorkloadName, { namespace }: AppPlacement) {
  return { name: workload(name), namespace, labels: labels(name) };
}

function deployment(name: WorkloadName, placement: AppPlacement, settings: OpenPanelSettings): Deployment {
  return new Deployment({
    metadata: metadata(name, placement),
    spec: {
      // What an autoscaler decides is stated nowhere else.
      ...(name === "dashboard" && { replicas: settings.replicas.dashboard }),
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: PROGRESS_SECONDS,
      selector: { matchLabels: labels(name) },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: podLabels(name) },
        spec: {
          serviceAccountName: workload(name),
          automountServiceAccountToken: false,
          // Kubernetes would add variables for every Service of the namespace.
          enableServiceLinks: false,
          terminationGracePeriodSeconds: GRACE_SECONDS,
          securityContext: restrictedPod(NODE_USER),
          topologySpreadConstraints: [spread(name)],
          containers: [container(name, placement, settings)],
          volumes: [{ name: "tmp", emptyDir: { sizeLimit: "256Mi" } }],
        },
      },
    },
  });
}

function container(name: WorkloadName, placement: AppPlacement, settings: OpenPanelSettings) {
  const { live, ready } = PROBES[name];
  return {
    name,
    image: image(name, settings),
    ports: [{ name: "http", containerPort: PORT }],
    env: environment(name, placement, settings),
    resources: RESOURCES,
    securityContext: restrictedContainer(),
    startupProbe: { ...probe(live), ...STARTUP },
    livenessProbe: { ...probe(live), periodSeconds: 10, failureThreshold: 6 },
    readinessProbe: { ...probe(ready), periodSeconds: 5, failureThreshold: 2 },
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
}

function probe(path: string) {
  return { httpGet: { path, port: "http" }, timeoutSeconds: 3 };
}

/** Replicas of one revision spread over the nodes as far as there are nodes. */
function spread(name: WorkloadName) {
  return {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway" as const,
    labelSelector: { matchLabels: labels(name) },
    matchLabelKeys: ["pod-template-hash"],
  };
}
