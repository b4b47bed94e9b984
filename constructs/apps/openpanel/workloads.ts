import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import { restrictedContainer, restrictedPod } from "../../kubernetes/restricted-pod";
import type { AppPlacement } from "../app";
import { environment } from "./environment";
import { PORT, workload } from "./names";
import { type OpenPanelSettings, WORKLOADS, type WorkloadName } from "./settings";

/** User `node` of the base image; the images themselves start as root. */
export const NODE_USER = 1000;

/** All three images have one version: they share their database schema and their queues. */
export function image(name: WorkloadName, version: string): string {
  return `lindesvard/openpanel-${name}:${version}`;
}

/** The deep `/healthcheck` asks every store: as a liveness probe it would restart the pods when a store is away. */
const PROBES: Readonly<Record<WorkloadName, { readonly live: string; readonly ready: string }>> = {
  api: { live: "/healthz/live", ready: "/healthz/ready" },
  dashboard: { live: "/api/healthcheck", ready: "/api/healthcheck" },
  worker: { live: "/healthz/live", ready: "/healthz/ready" },
};

const RESOURCES = { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "2Gi" } };

/** Time for the endpoints to forget a pod before it refuses requests. */
const PRE_STOP_SECONDS = 5;
/** The pre-stop pause, and the 15 s after which the processes give up by themselves. */
const GRACE_SECONDS = 45;

/** Deployments with what belongs to each: Service, service account, disruption budget. */
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
      // Never `minAvailable`: with one replica it would forbid every drain.
      spec: { maxUnavailable: 1, selector: { matchLabels: labels(name) } },
    }),
  ]);
}

function labels(name: WorkloadName): Record<string, string> {
  return { "app.kubernetes.io/name": workload(name), "app.kubernetes.io/part-of": "openpanel" };
}

function metadata(name: WorkloadName, { namespace }: AppPlacement) {
  return { name: workload(name), namespace, labels: labels(name) };
}

function deployment(name: WorkloadName, placement: AppPlacement, settings: OpenPanelSettings): Deployment {
  return new Deployment({
    metadata: metadata(name, placement),
    spec: {
      replicas: settings.replicas[name],
      revisionHistoryLimit: 3,
      selector: { matchLabels: labels(name) },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: labels(name) },
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
    image: image(name, settings.version),
    ports: [{ name: "http", containerPort: PORT }],
    env: environment(name, placement, settings),
    resources: RESOURCES,
    securityContext: restrictedContainer(),
    startupProbe: { ...probe(live), periodSeconds: 3, failureThreshold: 40 },
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
