import { ClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole";
import { ClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import { HEADLAMP, HEADLAMP_NAMESPACE } from "./names";

/**
 * What may be looked at, by API group: what runs, where and why not, and the custom resources of the catalogue. Each
 * kind is named, because `*` would take in Secrets, and kinds that nobody has thought of yet.
 *
 * Left out on purpose: Secrets; logs of pods, which print what programs were given; everything below a pod or a service
 * that opens a connection (exec, attach, port-forward, proxy); roles and their bindings. The built-in role `view` does not
 * do: it has logs, and neither nodes nor volumes nor custom resources.
 */
export const READABLE: Readonly<Record<string, readonly string[]>> = {
  "": [
    "configmaps",
    "endpoints",
    "events",
    "limitranges",
    "namespaces",
    "nodes",
    "persistentvolumeclaims",
    "persistentvolumes",
    "pods",
    "resourcequotas",
    "serviceaccounts",
    "services",
  ],
  "apiextensions.k8s.io": ["customresourcedefinitions"],
  apps: ["daemonsets", "deployments", "replicasets", "statefulsets"],
  autoscaling: ["horizontalpodautoscalers"],
  batch: ["cronjobs", "jobs"],
  "discovery.k8s.io": ["endpointslices"],
  "metrics.k8s.io": ["nodes", "pods"],
  "networking.k8s.io": ["ingressclasses", "ingresses", "networkpolicies"],
  policy: ["poddisruptionbudgets"],
  "scheduling.k8s.io": ["priorityclasses"],
  "storage.k8s.io": ["storageclasses"],
  "barmancloud.cnpg.io": ["objectstores"],
  "cert-manager.io": ["certificaterequests", "certificates", "clusterissuers", "issuers"],
  "clickhouse-keeper.altinity.com": ["clickhousekeeperinstallations"],
  "clickhouse.altinity.com": ["clickhouseinstallations"],
  "external-secrets.io": ["externalsecrets", "secretstores"],
  "postgresql.cnpg.io": ["backups", "clusters", "poolers", "scheduledbackups"],
  "traefik.io": ["ingressroutes", "middlewares", "serverstransports"],
};

/** The role of Headlamp's service account, and its binding. Nothing can be changed by it. */
export function viewer(): ManifestObject[] {
  const name = `${HEADLAMP}-viewer`;
  return [
    new ClusterRole({
      metadata: { name },
      rules: Object.entries(READABLE).map(([group, resources]) => ({
        apiGroups: [group],
        resources: [...resources],
        verbs: ["get", "list", "watch"],
      })),
    }),
    new ClusterRoleBinding({
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name: HEADLAMP, namespace: HEADLAMP_NAMESPACE }],
    }),
  ];
}
