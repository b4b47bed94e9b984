import { isJsonObject, type Json } from "../../../../constructs/core/json";
import { at, type Release } from "../../../helpers/releases";
import type { End } from "./policies";

/** Labels that CloudNativePG gives to the instances of a cluster. */
export const POSTGRESQL = {
  "app.kubernetes.io/name": "postgresql",
  "app.kubernetes.io/managed-by": "cloudnative-pg",
  "app.kubernetes.io/component": "database",
};

/** Pods of some releases that a Service selects. */
export function podsOf(releases: readonly Release[], service: Json): Json[] {
  const selector = at(service, "spec", "selector");
  const wanted = Object.entries(isJsonObject(selector) ? selector : {});
  return releases
    .flatMap(({ objects }) => objects)
    .map(({ kind, json }) => (kind === "ClickHouseInstallation" ? clickhousePod(json) : at(json, "spec", "template")))
    .filter((pod): pod is Json => isJsonObject(pod))
    .filter((pod) => wanted.length > 0 && wanted.every(([key, value]) => at(pod, "metadata", "labels", key) === value));
}

/** The pod that Altinity's operator makes of an installation's template. */
function clickhousePod(installation: Json): Json {
  return {
    metadata: {
      labels: {
        ...labelsAt(installation, "spec", "templates", "podTemplates", 0, "metadata", "labels"),
        "clickhouse.altinity.com/chi": String(at(installation, "metadata", "name")),
        "clickhouse.altinity.com/ready": "yes",
      },
    },
    spec: {
      containers: [
        {
          ports: [
            { name: "http", containerPort: 8123 },
            { name: "tcp", containerPort: 9000 },
          ],
        },
      ],
    },
  };
}

/** Labels at a path. */
export function labelsAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Readonly<Record<string, string>> {
  const labels = at(value, ...path);
  return Object.fromEntries(
    Object.entries(isJsonObject(labels) ? labels : {}).map(([key, text]) => [key, String(text)]),
  );
}

/** The pods of a data namespace, each with the labels by which network policies know it. */
export function storePods(releases: readonly Release[], cluster: string, namespace: string) {
  const objects = releases
    .filter((release) => release.cluster === cluster && release.namespace === namespace)
    .flatMap((release) => release.objects);
  const json = (wanted: string) => objects.find(({ kind }) => kind === wanted)?.json;
  const pod = (labels: Readonly<Record<string, string>>) => ({ namespace, labels });
  const template = ["spec", "jobTemplate", "spec", "template", "metadata", "labels"];
  return {
    postgresql: pod(POSTGRESQL),
    clickhouse: pod(labelsAt(clickhousePod(json("ClickHouseInstallation") ?? null), "metadata", "labels")),
    clickhouseBackup: pod(labelsAt(json("CronJob"), ...template)),
    // As the chart labels what it makes.
    redis: pod({ "app.kubernetes.io/name": "valkey", "app.kubernetes.io/instance": "redis-master" }),
  };
}

/** The pods of OpenPanel in an environment, as their workloads label them: API, worker, dashboard and migration. */
export function appPods(releases: readonly Release[], cluster: string, environment: string): [End, End, End, End] {
  const namespace = `openpanel-${environment}`;
  const templates = releases
    .filter((release) => release.cluster === cluster && release.namespace === namespace)
    .flatMap(({ objects }) => objects.filter(({ kind }) => kind === "Deployment" || kind === "Job"));
  const pod = (prefix: string) => {
    const found = templates.find(({ name }) => name.startsWith(prefix));
    if (found === undefined) throw new Error(`there is no ${prefix} in ${namespace} of ${cluster}`);
    return { namespace, labels: labelsAt(found.json, "spec", "template", "metadata", "labels") };
  };
  return [pod("op-api"), pod("op-worker"), pod("op-dashboard"), pod("op-migrate")];
}
