import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import type { IPersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { z } from "zod";
import type { Draft } from "../api/objects";
import type { StatefulSet } from "../api/workloads";
import { type Host, type Installation, metadataOf, named, type PodTemplate, type Templates } from "./objects";

/** User and group `clickhouse` of the server's image. */
const CLICKHOUSE = 101;

/** The operator finds the server's container by this name. */
const SERVER = "clickhouse";

const DATA = "/var/lib/clickhouse";
const LOGS = "/var/log/clickhouse-server";

const DEFAULT_POD: IPodSpec = {
  securityContext: {
    runAsNonRoot: true,
    runAsUser: CLICKHOUSE,
    runAsGroup: CLICKHOUSE,
    fsGroup: CLICKHOUSE,
    seccompProfile: { type: "RuntimeDefault" },
  },
  containers: [
    {
      name: SERVER,
      image: "clickhouse/clickhouse-server:latest",
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    },
  ],
};

type ClaimTemplate = NonNullable<Templates["volumeClaimTemplates"]>[number];

/** The StatefulSet of a host: the pod of its template with the variables, ports and volumes that the operator adds. */
export function hostWorkload(installation: Installation, host: Host): Draft<StatefulSet> {
  const { templates, stop } = installation.spec;
  const pod: PodTemplate = named(templates?.podTemplates, host.templates.podTemplate, "pod template") ?? {
    spec: DEFAULT_POD,
  };
  const claims = claimsOf(host, templates);
  const gone = claims.every(({ template }) => reclaim(installation, template) === "Delete");
  return {
    metadata: metadataOf(installation, host.name, host.labels),
    spec: {
      replicas: stop === "yes" ? 0 : 1,
      serviceName: host.name,
      selector: { matchLabels: { ...host.labels } },
      updateStrategy: { type: "RollingUpdate" },
      // One volume that is to stay keeps all: Kubernetes knows only the whole set.
      persistentVolumeClaimRetentionPolicy: { whenDeleted: gone ? "Delete" : "Retain", whenScaled: "Retain" },
      template: {
        metadata: {
          labels: { ...pod.metadata?.labels, ...host.labels, "clickhouse.altinity.com/ready": "yes" },
          annotations: { ...pod.metadata?.annotations },
        },
        spec: {
          ...pod.spec,
          containers: pod.spec.containers.map((one) =>
            one.name !== SERVER
              ? one
              : {
                  ...one,
                  env: [...(one.env ?? []), ...variables(installation)],
                  ports: one.ports ?? [
                    { name: "tcp", containerPort: 9000 },
                    { name: "http", containerPort: 8123 },
                    { name: "interserver", containerPort: 9009 },
                  ],
                  volumeMounts: [
                    ...(one.volumeMounts ?? []),
                    ...claims.map(({ template, mountPath }) => ({ name: template.name, mountPath })),
                  ],
                },
          ),
        },
      },
      volumeClaimTemplates: claims.map(({ template }) => claimTemplate(template)),
    },
  };
}

/** Size that each volume of a host is to have, by the name of its claim. */
export function wantedSizes({ spec }: Installation, host: Host): ReadonlyMap<string, string> {
  const sizes = claimsOf(host, spec.templates).map(
    ({ template }) => [`${template.name}-${host.name}-0`, template.spec.resources.requests.storage] as const,
  );
  return new Map(sizes);
}

function claimsOf({ templates: names }: Host, templates: Templates | undefined) {
  const places = [
    { name: names.dataVolumeClaimTemplate, mountPath: DATA },
    { name: names.logVolumeClaimTemplate, mountPath: LOGS },
  ];
  return places.flatMap(({ name, mountPath }) => {
    const template = named(templates?.volumeClaimTemplates, name, "volume claim template");
    return template === undefined ? [] : [{ template, mountPath }];
  });
}

/** What becomes of a volume with its installation; the operator deletes it unless it is told not to. */
function reclaim({ spec }: Installation, { reclaimPolicy }: ClaimTemplate): "Delete" | "Retain" {
  return reclaimPolicy ?? spec.defaults?.storageManagement?.reclaimPolicy ?? "Delete";
}

function claimTemplate({ name, metadata, spec }: ClaimTemplate): IPersistentVolumeClaim {
  const accessModes = z.array(z.enum(["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]));
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, ...metadata },
    spec: { ...spec, accessModes: accessModes.parse(spec.accessModes) },
  };
}

const fromSecret = z.object({
  valueFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) }),
});

/** A value of a user that stands in a secret becomes a variable of the pod, so that the pod waits for the secret. */
function variables({ spec }: Installation): IEnvVar[] {
  return Object.entries(spec.configuration.users ?? {}).flatMap(([path, value]) => {
    const parsed = fromSecret.safeParse(value);
    if (!parsed.success) return [];
    return [{ name: `CONFIGURATION_USERS_${path.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`, ...parsed.data }];
  });
}
