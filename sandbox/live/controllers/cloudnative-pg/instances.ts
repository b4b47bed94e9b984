import type { IAffinity } from "kubernetes-models/v1/Affinity";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { Draft } from "../api/objects";
import type { Pod } from "../pods/objects";
import type { Claim } from "../volumes/objects";
import type { ObjectStore } from "./object-stores";
import { appLabels, metadataOf, POSTGRESQL_PORT, type PostgresqlCluster } from "./objects";

/** User and group of the operator's images. */
const POSTGRES = 26;

const RESTRICTED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
};

/** The container that the plugin puts beside a server, as its object store describes it. */
export function backupSidecar({ spec: { instanceSidecarConfiguration: settings } }: ObjectStore): IContainer {
  return {
    name: "plugin-barman-cloud",
    image: "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.13.0",
    args: ["instance"],
    restartPolicy: "Always",
    env: settings?.env,
    resources: settings?.resources,
    securityContext: RESTRICTED,
  };
}

/** The volumes of an instance: its data, and its write-ahead log where that has one of its own. */
export function instanceClaims(cluster: PostgresqlCluster, instance: string): Draft<Claim>[] {
  const { storage, walStorage } = cluster.spec;
  const claim = (
    name: string,
    role: string,
    { size, storageClass, pvcTemplate }: NonNullable<typeof storage>,
  ): Draft<Claim> => ({
    metadata: metadataOf(cluster, name, { "cnpg.io/instanceName": instance, "cnpg.io/pvcRole": role }),
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...pvcTemplate,
      ...(size !== undefined && { resources: { requests: { storage: size } } }),
      ...(storageClass !== undefined && { storageClassName: storageClass }),
    },
  });
  return [
    ...(storage === undefined ? [] : [claim(instance, "PG_DATA", storage)]),
    ...(walStorage === undefined ? [] : [claim(`${instance}-wal`, "PG_WAL", walStorage)]),
  ];
}

/**
 * The pod of an instance, as restricted as the operator's.
 *
 * @param sidecars - containers that plugins put beside the server
 */
export function instancePod(
  cluster: PostgresqlCluster,
  instance: string,
  primary: boolean,
  sidecars: readonly IContainer[],
): Draft<Pod> {
  const { spec, metadata } = cluster;
  const role = primary ? "primary" : "replica";
  return {
    metadata: metadataOf(cluster, instance, {
      ...appLabels(metadata.name, "database"),
      "cnpg.io/instanceName": instance,
      "cnpg.io/instanceRole": role,
      role,
      "cnpg.io/podRole": "instance",
    }),
    spec: {
      hostname: instance,
      serviceAccountName: metadata.name,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: spec.postgresUID ?? POSTGRES,
        runAsGroup: spec.postgresGID ?? POSTGRES,
        fsGroup: spec.postgresGID ?? POSTGRES,
        seccompProfile: spec.seccompProfile ?? { type: "RuntimeDefault" },
      },
      affinity: affinity(cluster),
      tolerations: spec.affinity?.tolerations,
      nodeSelector: spec.affinity?.nodeSelector,
      topologySpreadConstraints: spec.topologySpreadConstraints,
      priorityClassName: spec.priorityClassName,
      schedulerName: spec.schedulerName,
      terminationGracePeriodSeconds: spec.stopDelay ?? 1800,
      ...(sidecars.length > 0 && { initContainers: [...sidecars] }),
      containers: [
        {
          name: "postgres",
          image: spec.imageName,
          command: ["/controller/manager", "instance", "run"],
          env: spec.env,
          envFrom: spec.envFrom,
          ports: [
            { name: "postgresql", containerPort: POSTGRESQL_PORT, protocol: "TCP" },
            { name: "metrics", containerPort: 9187, protocol: "TCP" },
            { name: "status", containerPort: 8000, protocol: "TCP" },
          ],
          resources: spec.resources,
          securityContext: RESTRICTED,
          volumeMounts: [
            { name: "pgdata", mountPath: "/var/lib/postgresql/data" },
            ...(spec.walStorage === undefined ? [] : [{ name: "pg-wal", mountPath: "/var/lib/postgresql/wal" }]),
            { name: "scratch-data", mountPath: "/run" },
          ],
        },
      ],
      volumes: [
        { name: "pgdata", persistentVolumeClaim: { claimName: instance } },
        ...(spec.walStorage === undefined
          ? []
          : [{ name: "pg-wal", persistentVolumeClaim: { claimName: `${instance}-wal` } }]),
        { name: "scratch-data", emptyDir: {} },
      ],
    },
  };
}

/** Instances of a cluster are kept apart, as strictly as it says. */
function affinity({ metadata, spec }: PostgresqlCluster): IAffinity {
  const {
    nodeAffinity,
    enablePodAntiAffinity = true,
    podAntiAffinityType = "preferred",
    topologyKey = "kubernetes.io/hostname",
    additionalPodAffinity: podAffinity,
    additionalPodAntiAffinity: more,
  } = spec.affinity ?? {};
  const term = {
    labelSelector: { matchLabels: { "cnpg.io/cluster": metadata.name, "cnpg.io/podRole": "instance" } },
    topologyKey,
  };
  const required = more?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const preferred = more?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const strict = enablePodAntiAffinity && podAntiAffinityType === "required";
  const loose = enablePodAntiAffinity && podAntiAffinityType !== "required";
  return {
    nodeAffinity,
    podAffinity,
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [...(strict ? [term] : []), ...required],
      preferredDuringSchedulingIgnoredDuringExecution: [
        ...(loose ? [{ weight: 100, podAffinityTerm: term }] : []),
        ...preferred,
      ],
    },
  };
}
