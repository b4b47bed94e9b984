import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { serviceHost } from "../../core/names";
import { POSTGRESQL_PORT, PostgresqlCluster } from "../../data/postgresql";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { Valkey } from "../valkey";
import type { IdentityDatabase } from "./config";
import type { CasdoorProps } from "./index";
import { CASDOOR_NAMESPACE, SESSIONS } from "./names";
import { casdoorPath, DATABASE, DATABASE_NAME, SESSION_PASSWORD } from "./secrets";

type Dependencies = readonly ITerraformDependable[];

/** Name of its own PostgreSQL cluster, and the service under which the primary is reached. */
const POSTGRESQL = { name: "postgresql", service: "casdoor-postgresql" } as const;

/** Where its own PostgreSQL will be. */
export const OWN_DATABASE: IdentityDatabase = {
  host: serviceHost(POSTGRESQL.service, CASDOOR_NAMESPACE),
  port: POSTGRESQL_PORT,
  database: DATABASE_NAME,
  user: DATABASE_NAME,
  secretName: DATABASE,
  secretKey: "password",
};

/** Its own PostgreSQL, unless a database stands already. */
export function postgresql(scope: Construct, props: CasdoorProps, dependsOn: Dependencies): Dependencies {
  if (props.database !== undefined) return dependsOn;
  const { target, protection, replicas, placement, backup } = props;
  const cluster = new PostgresqlCluster(scope, "postgresql", {
    target,
    protection,
    placement,
    backup,
    dependsOn,
    ...POSTGRESQL,
    namespace: CASDOOR_NAMESPACE,
    instances: replicas,
    size: props.databaseSize ?? { storage: "10Gi", cpu: "200m", memory: "512Mi" },
    databases: [
      {
        name: DATABASE_NAME,
        owner: DATABASE_NAME,
        passwordSecret: { name: DATABASE, path: casdoorPath(props.cluster) },
      },
    ],
  });
  return [cluster.ready];
}

/** Sessions survive a pod of Casdoor, and several pods share them. */
export function sessions(scope: Construct, { target, placement }: CasdoorProps, dependsOn: Dependencies): Dependencies {
  return new Valkey(scope, "sessions", {
    target,
    placement,
    dependsOn,
    protection: "delete",
    release: SESSIONS,
    namespace: CASDOOR_NAMESPACE,
    usersSecret: SESSION_PASSWORD,
    users: { default: { permissions: "~* &* +@all -@admin -@dangerous" } },
    memory: "128Mi",
  }).ready;
}

/** A disruption budget: the chart has none. */
export function budget(scope: Construct, { target, replicas }: CasdoorProps, dependsOn: Dependencies): Dependencies {
  if (replicas === 1) return [];
  const object = new PodDisruptionBudget({
    metadata: { name: "casdoor", namespace: CASDOOR_NAMESPACE },
    spec: { minAvailable: 1, selector: { matchLabels: { "app.kubernetes.io/name": "casdoor" } } },
  });
  return [
    new ManifestSet(scope, "budget", {
      target,
      dependsOn,
      release: "casdoor-budget",
      namespace: CASDOOR_NAMESPACE,
      manifests: [object],
      waiting: { until: "submitted", reason: "nothing of it starts" },
    }).ready,
  ];
}
