import { SERVICES } from "../api/core";
import { type DraftMetadata, ownedBy } from "../api/objects";
import { DEPLOYMENTS } from "../api/workloads";
import { type Controller, controller, type Outcome } from "../loop/controller";
import { ensure } from "../loop/ensure";
import { setStatus } from "../loop/status";
import {
  appLabels,
  CLUSTERS,
  DATABASES,
  type Database,
  HEALTHY,
  POOLERS,
  POSTGRESQL_PORT,
  type Pooler,
  type PostgresqlCluster,
} from "./objects";

/** Says that databases are made as soon as their cluster is healthy and their owner is one of its roles. */
export function databases(): Controller {
  return controller({
    name: "PostgreSQL database",
    type: DATABASES,
    causes: ({ whenConcerned }) => whenConcerned(CLUSTERS, isOf),
    async reconcile(database, cluster): Promise<Outcome | undefined> {
      const { metadata, spec } = database;
      if (metadata.deletionTimestamp !== undefined) return undefined;
      const server = cluster.store(CLUSTERS).get({ name: spec.cluster.name ?? "", namespace: metadata.namespace });
      const problem = obstacle(database, server);
      const applied = problem === undefined;
      await setStatus(cluster, DATABASES, database, {
        applied,
        message: problem ?? "",
        observedGeneration: metadata.generation,
      });
      return applied ? undefined : { problem };
    },
  });
}

/** Connection poolers are Deployments; PgBouncer itself is not set up. */
export function poolers(): Controller {
  return controller({
    name: "PostgreSQL pooler",
    type: POOLERS,
    causes: ({ whenOwned, whenConcerned }) => {
      whenOwned(DEPLOYMENTS);
      whenConcerned(CLUSTERS, isOf);
    },
    async reconcile(pooler, cluster): Promise<Outcome | undefined> {
      const { metadata } = pooler;
      if (metadata.deletionTimestamp !== undefined) return undefined;
      const { name } = pooler.spec.cluster;
      if (cluster.store(CLUSTERS).get({ name: name ?? "", namespace: metadata.namespace }) === undefined) {
        return { problem: `cluster "${name}" not found` };
      }
      const selector = { "cnpg.io/poolerName": metadata.name };
      const ours: DraftMetadata = {
        name: metadata.name,
        namespace: metadata.namespace,
        labels: selector,
        ownerReferences: [ownedBy(POOLERS, pooler)],
      };
      const { serviceTemplate, instances = 1 } = pooler.spec;
      const port = { name: "pgbouncer", port: POSTGRESQL_PORT, targetPort: "pgbouncer", protocol: "TCP" as const };
      await ensure(cluster, SERVICES, { metadata: ours, spec: { ports: [port], ...serviceTemplate?.spec, selector } });
      await ensure(cluster, DEPLOYMENTS, {
        metadata: ours,
        spec: { replicas: instances, selector: { matchLabels: selector }, template: poolerPod(pooler, selector) },
      });
      const ready = cluster.store(DEPLOYMENTS).get(metadata)?.status?.readyReplicas ?? 0;
      await setStatus(cluster, POOLERS, pooler, { instances: ready });
      return undefined;
    },
  });
}

function isOf({ metadata, spec }: Database | Pooler, server: PostgresqlCluster): boolean {
  return spec.cluster.name === server.metadata.name && metadata.namespace === server.metadata.namespace;
}

function obstacle({ spec }: Database, server: PostgresqlCluster | undefined): string | undefined {
  if (server === undefined) return `cluster "${spec.cluster.name}" not found`;
  if (server.status?.phase !== HEALTHY) return `cluster "${spec.cluster.name}" is not ready yet`;
  const { bootstrap, managed } = server.spec;
  const roles = (managed?.roles ?? []).map(({ name }) => name);
  const first = bootstrap?.recovery ?? bootstrap?.initdb;
  const known = ["postgres", first?.owner ?? first?.database ?? "app", ...roles];
  return known.includes(spec.owner) ? undefined : `role "${spec.owner}" does not exist`;
}

function poolerPod({ spec }: Pooler, labels: Record<string, string>) {
  return {
    metadata: {
      labels: { ...spec.template?.metadata?.labels, ...appLabels(spec.cluster.name ?? "", "pooler"), ...labels },
    },
    spec: {
      securityContext: { runAsNonRoot: true, runAsUser: 998, seccompProfile: { type: "RuntimeDefault" as const } },
      ...spec.template?.spec,
      containers: [
        {
          name: "pgbouncer",
          image: "ghcr.io/cloudnative-pg/pgbouncer:1.25.1",
          ports: [{ name: "pgbouncer", containerPort: POSTGRESQL_PORT }],
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
          },
          ...spec.template?.spec?.containers?.find(({ name }) => name === "pgbouncer"),
        },
      ],
    },
  };
}
